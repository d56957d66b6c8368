/* Rows out of JSON lines: a chunk of Singer RECORD lines becomes finished row tuples in one pass.

   A Decoder is made for one stream. It takes what is plainly valid. For anything else (another message than RECORD and
   STATE, another stream, an unknown property, a value out of bounds, an odd form) it declines: it returns None, or raises
   what a converter or Python's own codec raised. Its caller then lets slower code look at the chunk, which explains.

   So nothing here needs an error message. `scan.h` has the pieces of JSON, `values.h` the values.

   Taps write their lines one like the other. What stood between the values of the last line (`, "name": `) is compared
   first and mostly saves looking at keys and spaces at all; only where it differs is the text read piece by piece. */

#include "values.h"

typedef struct {
    PyObject_HEAD
    PyObject *stream;
    const char *stream_text;
    Py_ssize_t stream_length, width, count; /* columns; columns and ignored properties */
    Field *fields;
} Decoder;

/* What stood before a value, or before and behind a record, in an earlier line of this chunk. */
typedef struct {
    const char *text;
    Py_ssize_t length, field;
} Between;

enum { HAS_TYPE = 1, HAS_STREAM = 2, HAS_RECORD = 4, HAS_TIME = 8, HAS_VERSION = 16 };

typedef struct {
    int seen;
    const char *time; /* NULL: null or not there */
    Py_ssize_t time_length;
    int has_version;
    long long version;
} Envelope;

typedef struct {
    const Decoder *decoder;
    Cursor in;
    Between *between, head, tail;
    Py_ssize_t known; /* how many of `between` are filled */
    Envelope envelope, head_envelope;
    Envelope origin_of; /* what `origin` was made of */
    PyObject *origin, *rows, *origins;
} Chunk;

/* ------------------------------------------------------------------------------------------------ a line */

/* The property whose key comes next, quotes included; -1 if there is none. `expected` is looked at first. */
static Py_ssize_t take_key(Chunk *chunk, Py_ssize_t expected)
{
    const Decoder *decoder = chunk->decoder;
    Py_ssize_t index, length, found = -1;
    char local[512];
    const char *key;
    Text text;

    if (!take_text(&chunk->in, &text))
        return -1;
    key = text.start;
    length = text.end - text.start;
    if (text.escaped) {
        if (length > (Py_ssize_t)sizeof local)
            return -1;
        length = unescape(&text, local);
        key = local;
    }
    for (index = 0; index < decoder->count && found < 0; index++) {
        const Field *field = &decoder->fields[expected % decoder->count];
        if (field->key_length == length && memcmp(field->key, key, (size_t)length) == 0)
            found = expected % decoder->count;
        expected++;
    }
    return found;
}

/* The record's next key, up to its value. 1, or 0 if the record ends here, or -1 to decline. */
static int take_next(Chunk *chunk, Py_ssize_t position, Py_ssize_t *field)
{
    const char *start = chunk->in.at;

    if (position < chunk->known && take(&chunk->in, chunk->between[position].text, chunk->between[position].length)) {
        *field = chunk->between[position].field;
        skip_space(&chunk->in); /* this line may have more of it */
        return 1;
    }
    if (take_token(&chunk->in, '}'))
        return 0;
    if (position >= chunk->decoder->count || (position > 0 && !take_token(&chunk->in, ',')))
        return -1;
    skip_space(&chunk->in);
    *field = take_key(chunk, *field + 1);
    if (*field < 0 || !take_colon(&chunk->in))
        return -1;
    chunk->between[position] = (Between){start, chunk->in.at - start, *field};
    if (position == chunk->known)
        chunk->known++;
    return 1;
}

/* A record, without its first brace. */
static PyObject *parse_record(Chunk *chunk)
{
    const Decoder *decoder = chunk->decoder;
    PyObject *row = PyTuple_New(decoder->width), *value;
    Py_ssize_t position, index = -1, filled = 0;
    int more;

    if (row == NULL)
        return NULL;
    for (position = 0; (more = take_next(chunk, position, &index)) == 1; position++) {
        if (index < decoder->width && PyTuple_GET_ITEM(row, index) != NULL)
            return declined(row); /* the key comes twice */
        value = parse_value(&chunk->in, &decoder->fields[index]);
        if (value == NULL)
            return declined(row);
        if (index < decoder->width) {
            PyTuple_SET_ITEM(row, index, value);
            filled++;
        } else {
            Py_DECREF(value);
        }
    }
    if (more < 0)
        return declined(row);
    for (index = 0; filled < decoder->width; index++) {
        if (PyTuple_GET_ITEM(row, index) != NULL)
            continue;
        if (!decoder->fields[index].may_be_missing)
            return declined(row);
        Py_INCREF(Py_None);
        PyTuple_SET_ITEM(row, index, Py_None);
        filled++;
    }
    return row;
}

/* The value of a message's property other than the record. */
static int take_of_envelope(Chunk *chunk, int what)
{
    Envelope *envelope = &chunk->envelope;
    Text text;
    Number number;

    switch (what) {
    case HAS_TYPE: return take(&chunk->in, "\"RECORD\"", 8);
    case HAS_STREAM:
        return take_text(&chunk->in, &text) && !text.escaped && text.end - text.start == chunk->decoder->stream_length &&
               memcmp(text.start, chunk->decoder->stream_text, (size_t)chunk->decoder->stream_length) == 0;
    case HAS_TIME:
        envelope->time = NULL;
        if (take(&chunk->in, "null", 4))
            return 1;
        if (!take_text(&chunk->in, &text) || text.escaped || !text.ascii)
            return 0;
        envelope->time = text.start;
        envelope->time_length = text.end - text.start;
        return 1;
    default:
        envelope->has_version = 0;
        if (take(&chunk->in, "null", 4))
            return 1;
        if (!take_number(&chunk->in, &number) || number.fraction || number.has_exponent || number.whole > SAFE_DIGITS ||
            (number.negative && number.value == 0))
            return 0;
        envelope->has_version = 1;
        envelope->version = number.value;
        return 1;
    }
}

static const struct {
    const char *key;
    Py_ssize_t length;
    int what;
} properties[] = {
    {"type", 4, HAS_TYPE},
    {"stream", 6, HAS_STREAM},
    {"record", 6, HAS_RECORD},
    {"time_extracted", 14, HAS_TIME},
    {"version", 7, HAS_VERSION},
};

static int take_property(Chunk *chunk)
{
    Text text;
    size_t index;

    if (!take_text(&chunk->in, &text) || !take_colon(&chunk->in))
        return 0;
    for (index = 0; index < sizeof properties / sizeof *properties; index++)
        if (text.end - text.start == properties[index].length &&
            memcmp(text.start, properties[index].key, (size_t)properties[index].length) == 0)
            return properties[index].what;
    return 0;
}

static int take_end_of_line(Chunk *chunk)
{
    skip_space(&chunk->in);
    return chunk->in.at == chunk->in.end || take(&chunk->in, "\n", 1);
}

/* The rest of a message, from its first brace or from behind its record, with the record if it comes there. */
static PyObject *parse_message(Chunk *chunk, PyObject *row)
{
    const char *start = chunk->in.at;
    Envelope *envelope = &chunk->envelope;
    int first = row == NULL, what;

    if (first) {
        memset(envelope, 0, sizeof *envelope);
        if (!take_token(&chunk->in, '{'))
            return NULL;
    }
    while (!take_token(&chunk->in, '}')) {
        if (!first && !take_token(&chunk->in, ','))
            return declined(row);
        first = 0;
        skip_space(&chunk->in);
        what = take_property(chunk);
        if (what == 0 || envelope->seen & what)
            return declined(row);
        envelope->seen |= what;
        if (what != HAS_RECORD) {
            if (!take_of_envelope(chunk, what))
                return declined(row);
            continue;
        }
        if (!take(&chunk->in, "{", 1))
            return declined(row);
        chunk->head = (Between){start, chunk->in.at - start, 0};
        chunk->head_envelope = *envelope;
        row = parse_record(chunk);
        if (row == NULL)
            return NULL;
        start = chunk->in.at;
    }
    if ((envelope->seen & (HAS_TYPE | HAS_STREAM | HAS_RECORD)) != (HAS_TYPE | HAS_STREAM | HAS_RECORD) ||
        !take_end_of_line(chunk))
        return declined(row);
    chunk->tail = (Between){start, chunk->in.at - start, 0};
    return row;
}

/* A message whose line begins as the last one did, from its record's first brace on. */
static PyObject *parse_rest(Chunk *chunk)
{
    PyObject *row = parse_record(chunk);

    if (row == NULL)
        return NULL;
    if (take(&chunk->in, chunk->tail.text, chunk->tail.length))
        return row; /* `envelope` is still that of the last line */
    chunk->envelope = chunk->head_envelope;
    return parse_message(chunk, row);
}

static PyObject *parse_bare_line(Chunk *chunk)
{
    PyObject *row = take_token(&chunk->in, '{') ? parse_record(chunk) : NULL;

    return row != NULL && !take_end_of_line(chunk) ? declined(row) : row;
}

/* ------------------------------------------------------------------------------------------------ a chunk */

static int is_same_origin(const Envelope *one, const Envelope *other)
{
    return (one->time == NULL) == (other->time == NULL) && one->has_version == other->has_version &&
           (!one->has_version || one->version == other->version) &&
           (one->time == NULL || one->time == other->time ||
            (one->time_length == other->time_length && memcmp(one->time, other->time, (size_t)one->time_length) == 0));
}

/* Makes `origin` the time of extraction and the version of the line that was parsed. */
static int find_origin(Chunk *chunk)
{
    const Envelope *envelope = &chunk->envelope;
    PyObject *time, *version, *origin;

    if (chunk->origin != NULL && is_same_origin(envelope, &chunk->origin_of))
        return 0;
    time = envelope->time == NULL ? Py_NewRef(Py_None) : PyUnicode_FromStringAndSize(envelope->time, envelope->time_length);
    version = envelope->has_version ? PyLong_FromLongLong(envelope->version) : Py_NewRef(Py_None);
    origin = time == NULL || version == NULL ? NULL : PyTuple_Pack(2, time, version);
    Py_XDECREF(time);
    Py_XDECREF(version);
    if (origin == NULL)
        return -1;
    Py_XSETREF(chunk->origin, origin);
    chunk->origin_of = *envelope;
    return 0;
}

/* Keeps a row, whose reference it takes. `origins` has one entry as long as it is the same for all rows. */
static int add_row(Chunk *chunk, PyObject *row)
{
    Py_ssize_t before = PyList_GET_SIZE(chunk->rows), noted = PyList_GET_SIZE(chunk->origins);
    PyObject *last = noted ? PyList_GET_ITEM(chunk->origins, noted - 1) : NULL;
    int done = PyList_Append(chunk->rows, row);

    Py_DECREF(row);
    if (done < 0 || (last == chunk->origin && noted == 1))
        return done;
    for (; noted < before; noted++)
        if (PyList_Append(chunk->origins, last) < 0)
            return -1;
    return PyList_Append(chunk->origins, chunk->origin);
}

/* Closes a run of records. */
static int end_run(Chunk *chunk, PyObject *result)
{
    PyObject *run;
    int done;

    if (PyList_GET_SIZE(chunk->rows) == 0)
        return 0;
    run = PyTuple_Pack(2, chunk->rows, chunk->origins);
    if (run == NULL)
        return -1;
    done = PyList_Append(result, run);
    Py_DECREF(run);
    Py_SETREF(chunk->rows, PyList_New(0));
    Py_SETREF(chunk->origins, PyList_New(0));
    return chunk->rows == NULL || chunk->origins == NULL ? -1 : done;
}

static int is_state(const Chunk *chunk)
{
    Chunk ahead = *chunk;

    if (!take_token(&ahead.in, '{'))
        return 0;
    skip_space(&ahead.in);
    return take_property(&ahead) == HAS_TYPE && take(&ahead.in, "\"STATE\"", 7);
}

/* Keeps a STATE's line as it is. */
static int add_state(Chunk *chunk, PyObject *result)
{
    const char *start = chunk->in.at, *stop = memchr(start, '\n', (size_t)(chunk->in.end - start));
    PyObject *line = PyBytes_FromStringAndSize(start, (stop == NULL ? chunk->in.end : stop) - start);
    int done = line == NULL || end_run(chunk, result) < 0 ? -1 : PyList_Append(result, line);

    Py_XDECREF(line);
    chunk->in.at = stop == NULL ? chunk->in.end : stop + 1;
    return done;
}

/* 1: all lines are taken; 0: declined; -1: an exception. */
static int parse_lines(Chunk *chunk, PyObject *result, int bare)
{
    while (chunk->in.at < chunk->in.end) {
        int as_before = chunk->head.length && take(&chunk->in, chunk->head.text, chunk->head.length);
        PyObject *row;
        if (!bare && !as_before && is_state(chunk)) {
            if (add_state(chunk, result) < 0)
                return -1;
            continue;
        }
        row = bare ? parse_bare_line(chunk) : as_before ? parse_rest(chunk) : parse_message(chunk, NULL);
        if (row == NULL)
            return PyErr_Occurred() ? -1 : 0;
        if (find_origin(chunk) < 0) {
            Py_DECREF(row);
            return -1;
        }
        if (add_row(chunk, row) < 0)
            return -1;
    }
    return end_run(chunk, result) < 0 ? -1 : 1;
}

static PyObject *decode(Decoder *self, PyObject *data, int bare)
{
    Chunk chunk = {.decoder = self};
    PyObject *result = NULL;
    int done = -1;

    if (!PyBytes_Check(data)) {
        PyErr_SetString(PyExc_TypeError, "a chunk is bytes");
        return NULL;
    }
    chunk.in.at = PyBytes_AS_STRING(data);
    chunk.in.end = chunk.in.at + PyBytes_GET_SIZE(data);
    chunk.between = PyMem_Calloc((size_t)self->count, sizeof *chunk.between);
    chunk.rows = PyList_New(0);
    chunk.origins = PyList_New(0);
    result = PyList_New(0);
    if (chunk.between == NULL)
        PyErr_NoMemory();
    else if (chunk.rows != NULL && chunk.origins != NULL && result != NULL)
        done = parse_lines(&chunk, result, bare);
    PyMem_Free(chunk.between);
    Py_XDECREF(chunk.rows);
    Py_XDECREF(chunk.origins);
    Py_XDECREF(chunk.origin);
    if (done == 1)
        return result;
    Py_XDECREF(result);
    if (done < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *Decoder_decode(PyObject *self, PyObject *data) { return decode((Decoder *)self, data, 0); }

static PyObject *Decoder_decode_records(PyObject *self, PyObject *data) { return decode((Decoder *)self, data, 1); }

/* ------------------------------------------------------------------------------------------------ the decoder */

static PyObject *given(PyObject *value) { return value == Py_None ? NULL : Py_NewRef(value); }

/* A bound as int64; one that is beyond it, or no integer, is left to Python's comparison. */
static int narrow(PyObject *bound, int is_low, long long *limit)
{
    int overflow = 0;

    *limit = is_low ? LLONG_MIN : LLONG_MAX;
    if (bound == NULL)
        return 0;
    if (!PyLong_Check(bound)) {
        *limit = is_low ? LLONG_MAX : LLONG_MIN;
        return 0;
    }
    *limit = PyLong_AsLongLongAndOverflow(bound, &overflow);
    if (overflow)
        *limit = overflow < 0 ? LLONG_MIN : LLONG_MAX;
    return *limit == -1 && PyErr_Occurred() ? -1 : 0;
}

static int fill_field(Field *field, PyObject *decimal, PyObject *given_field)
{
    PyObject *name, *converter, *low, *high, *step;
    int kind;

    if (!PyTuple_Check(given_field)) {
        PyErr_SetString(PyExc_TypeError, "a field is a tuple");
        return -1;
    }
    if (!PyArg_ParseTuple(given_field, "UipppOOOOnnii", &name, &kind, &field->nullable, &field->may_be_missing,
                          &field->must_have_value, &converter, &low, &high, &step, &field->shortest, &field->longest,
                          &field->scale, &field->step_scale))
        return -1;
    if (kind < KIND_TEXT || kind > KIND_IGNORED || (kind == KIND_TIME && (field->scale < 0 || field->scale > 6)) ||
        (kind == KIND_TIME && converter == Py_None)) {
        PyErr_SetString(PyExc_ValueError, "no such field");
        return -1;
    }
    field->kind = (enum kind)kind;
    field->name = Py_NewRef(name);
    field->decimal = Py_NewRef(decimal);
    field->converter = given(converter);
    field->low = given(low);
    field->high = given(high);
    field->step = given(step);
    field->key = PyUnicode_AsUTF8AndSize(name, &field->key_length);
    if (field->key == NULL || narrow(field->low, 1, &field->least) < 0 || narrow(field->high, 0, &field->most) < 0)
        return -1;
    return 0;
}

static void Decoder_dealloc(PyObject *object)
{
    Decoder *self = (Decoder *)object;
    Py_ssize_t index;

    for (index = 0; self->fields != NULL && index < self->count; index++) {
        Field *field = &self->fields[index];
        Py_XDECREF(field->name);
        Py_XDECREF(field->decimal);
        Py_XDECREF(field->converter);
        Py_XDECREF(field->low);
        Py_XDECREF(field->high);
        Py_XDECREF(field->step);
    }
    PyMem_Free(self->fields);
    Py_XDECREF(self->stream);
    Py_TYPE(object)->tp_free(object);
}

static PyObject *Decoder_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    PyObject *stream, *decimal, *fields;
    Py_ssize_t index;
    Decoder *self;

    if (keywords != NULL && PyDict_GET_SIZE(keywords)) {
        PyErr_SetString(PyExc_TypeError, "Decoder takes no keywords");
        return NULL;
    }
    if (!PyArg_ParseTuple(arguments, "UOO!", &stream, &decimal, &PyTuple_Type, &fields))
        return NULL;
    self = (Decoder *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->stream = Py_NewRef(stream);
    self->stream_text = PyUnicode_AsUTF8AndSize(stream, &self->stream_length);
    self->count = PyTuple_GET_SIZE(fields);
    self->fields = PyMem_Calloc((size_t)self->count + 1, sizeof *self->fields);
    if (self->fields == NULL)
        PyErr_NoMemory();
    for (index = 0; !PyErr_Occurred() && index < self->count; index++)
        if (fill_field(&self->fields[index], decimal, PyTuple_GET_ITEM(fields, index)) == 0 &&
            self->fields[index].kind != KIND_IGNORED) {
            if (self->width < index)
                PyErr_SetString(PyExc_ValueError, "ignored properties come last");
            self->width++;
        }
    if (!PyErr_Occurred() && self->width > 0)
        return (PyObject *)self;
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "a row has at least one column");
    Py_DECREF(self);
    return NULL;
}

static PyMethodDef methods[] = {
    {"decode", Decoder_decode, METH_O, "Runs of rows with their origins, and STATE lines, in order; None to decline."},
    {"decode_records", Decoder_decode_records, METH_O, "The same for lines that are records without a message."},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject DecoderType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "flext_db_oracle.compiled._decode.Decoder",
    .tp_basicsize = sizeof(Decoder),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "Makes rows of the RECORD lines of one stream.",
    .tp_new = Decoder_new,
    .tp_dealloc = Decoder_dealloc,
    .tp_methods = methods,
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "flext_db_oracle.compiled._decode",
    .m_size = -1,
};

PyMODINIT_FUNC PyInit__decode(void)
{
    PyObject *made;

    PyDateTime_IMPORT;
    if (PyDateTimeAPI == NULL || PyType_Ready(&DecoderType) < 0 || (made = PyModule_Create(&module)) == NULL)
        return NULL;
    if (PyModule_AddObjectRef(made, "Decoder", (PyObject *)&DecoderType) < 0 ||
        PyModule_AddIntConstant(made, "TEXT", KIND_TEXT) < 0 || PyModule_AddIntConstant(made, "INTEGER", KIND_INTEGER) < 0 ||
        PyModule_AddIntConstant(made, "NUMBER", KIND_NUMBER) < 0 || PyModule_AddIntConstant(made, "TIME", KIND_TIME) < 0 ||
        PyModule_AddIntConstant(made, "BOOLEAN", KIND_BOOLEAN) < 0 || PyModule_AddIntConstant(made, "IGNORED", KIND_IGNORED) < 0) {
        Py_DECREF(made);
        return NULL;
    }
    return made;
}
