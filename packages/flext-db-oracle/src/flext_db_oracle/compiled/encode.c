/* JSON lines from Arrow columns.
 *
 * `Columns` holds the columns of one fetch (arrow.h), without copying them; `Columns.lines` writes one line of JSON per
 * row. Formats that it does not write exactly are refused when the columns are taken: NotImplementedError. All that a
 * producer says about its buffers and that can be checked is checked; the length of the data behind an offset cannot.
 *
 * Only C11 and the C API: GCC, Clang and MSVC compile it.
 */
#include "arrow.h"
#include "words.h"
#include <stddef.h>

enum { MAX_FIXED = 48 }; /* characters that any value but a text needs at most */

/* ------------------------------------------------------------------------------------------------ output */

typedef struct {
    char *start, *at, *end;
} Buffer;

static int reserve(Buffer *out, size_t more)
{
    size_t used = (size_t)(out->at - out->start), size = (size_t)(out->end - out->start);
    char *moved;

    if ((size_t)(out->end - out->at) >= more)
        return 1;
    if (more > (size_t)PY_SSIZE_T_MAX - used)
        return 0;
    size = size > (size_t)PY_SSIZE_T_MAX / 2 ? (size_t)PY_SSIZE_T_MAX : size * 2;
    if (size < used + more)
        size = used + more;
    moved = PyMem_RawRealloc(out->start, size);
    if (moved == NULL)
        return 0;
    out->start = moved;
    out->at = moved + used;
    out->end = moved + size;
    return 1;
}

static char *put(char *to, const void *from, size_t size)
{
    memcpy(to, from, size);
    return to + size;
}

static const char PAIRS[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
                            "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
                            "8081828384858687888990919293949596979899";

static char *put_pair(char *to, unsigned value) /* 0 to 99, two digits */
{
    return put(to, PAIRS + 2 * value, 2);
}

/* The digits of a number before `end`; where they begin. */
static char *digits_before(char *end, uint64_t value)
{
    while (value >= 100) {
        end -= 2;
        put_pair(end, (unsigned)(value % 100));
        value /= 100;
    }
    if (value >= 10) {
        end -= 2;
        put_pair(end, (unsigned)value);
        return end;
    }
    *--end = (char)('0' + value);
    return end;
}

static char *put_integer(char *to, int64_t value)
{
    char digits[20], *end = digits + sizeof digits, *first;

    first = digits_before(end, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
    if (value < 0)
        *to++ = '-';
    return put(to, first, (size_t)(end - first));
}

/* ----------------------------------------------------------------------------------------------- decimals */

/* The digits of a 128-bit number before `end`: nine at a time, by long division in 32-bit limbs. */
static char *wide_digits_before(char *end, uint64_t high, uint64_t low)
{
    uint32_t limbs[4] = {(uint32_t)(high >> 32), (uint32_t)high, (uint32_t)(low >> 32), (uint32_t)low};

    while (limbs[0] || limbs[1] || limbs[2]) {
        uint64_t rest = 0;
        char *from = end - 9;
        int i;

        for (i = 0; i < 4; i++) {
            rest = rest << 32 | limbs[i];
            limbs[i] = (uint32_t)(rest / 1000000000);
            rest %= 1000000000;
        }
        end = digits_before(end, rest);
        while (end > from)
            *--end = '0';
    }
    return limbs[3] ? digits_before(end, limbs[3]) : end;
}

/* As Oracle's numbers are: no exponent, no zeros at the end of the fraction. */
static char *put_decimal(char *to, const uint8_t *from, int scale)
{
    char digits[39 + 9], *end = digits + sizeof digits, *first;
    uint64_t low, high;
    ptrdiff_t count;

    memcpy(PY_BIG_ENDIAN ? &high : &low, from, 8);
    memcpy(PY_BIG_ENDIAN ? &low : &high, from + 8, 8);
    if (high >> 63) {
        *to++ = '-';
        low = 0 - low;
        high = ~high + (low == 0);
    }
    first = high ? wide_digits_before(end, high, low) : digits_before(end, low);
    if (!high && !low)
        scale = 0;
    while (scale && end[-1] == '0') {
        end--;
        scale--;
    }
    count = end - first;
    if (!scale)
        return put(to, first, (size_t)count);
    if (count > scale) {
        to = put(to, first, (size_t)(count - scale));
        *to++ = '.';
        return put(to, end - scale, (size_t)scale);
    }
    to = put(to, "0.", 2);
    memset(to, '0', (size_t)(scale - count));
    return put(to + (scale - count), first, (size_t)count);
}

/* ---------------------------------------------------------------------------------------------- timestamps */

enum { DAY = 86400 };
static const int64_t FIRST_SECOND = INT64_C(-62135596800), LAST_SECOND = INT64_C(253402300799); /* years 1 to 9999 */

static int64_t floor_divide(int64_t value, int64_t by, int64_t *rest)
{
    int64_t quotient = value / by;

    *rest = value % by;
    if (*rest < 0) {
        *rest += by;
        quotient--;
    }
    return quotient;
}

/* Year, month and day of a day since 1970-01-01, in years that begin in March and eras of 400 of them. */
static int64_t civil(int64_t days, unsigned *month, unsigned *day)
{
    int64_t rest, era = floor_divide(days + 719468, 146097, &rest);
    unsigned of_era = (unsigned)rest;
    unsigned year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
    unsigned shifted = (5 * of_year + 2) / 153;

    *day = of_year - (153 * shifted + 2) / 5 + 1;
    *month = shifted < 10 ? shifted + 3 : shifted - 9;
    return (int64_t)year + era * 400 + (*month <= 2);
}

/* ISO text in quotes, with six digits of the fraction if there is one; NULL for what has no such text. */
static char *put_timestamp(char *to, int64_t value, int64_t per_second)
{
    int64_t fraction, of_day, second = floor_divide(value, per_second, &fraction), days;
    unsigned year, month, day, clock, micro;

    if (second < FIRST_SECOND || second > LAST_SECOND)
        return NULL;
    if (per_second > 1000000) {
        if (fraction % (per_second / 1000000))
            return NULL;
        micro = (unsigned)(fraction / (per_second / 1000000));
    } else {
        micro = (unsigned)(fraction * (1000000 / per_second));
    }
    days = floor_divide(second, DAY, &of_day);
    year = (unsigned)civil(days, &month, &day);
    clock = (unsigned)of_day;
    *to++ = '"';
    to = put_pair(to, year / 100);
    to = put_pair(to, year % 100);
    *to++ = '-';
    to = put_pair(to, month);
    *to++ = '-';
    to = put_pair(to, day);
    *to++ = 'T';
    to = put_pair(to, clock / 3600);
    *to++ = ':';
    to = put_pair(to, clock / 60 % 60);
    *to++ = ':';
    to = put_pair(to, clock % 60);
    if (micro) {
        *to++ = '.';
        to = put_pair(to, micro / 10000);
        to = put_pair(to, micro / 100 % 100);
        to = put_pair(to, micro % 100);
    }
    *to++ = '"';
    return to;
}

static void refuse_timestamp(int64_t value, int64_t per_second)
{
    int64_t rest, second = floor_divide(value, per_second, &rest);
    unsigned month, day;

    if (second >= FIRST_SECOND && second <= LAST_SECOND) {
        PyErr_Format(PyExc_ValueError, "a timestamp has a fraction of %lld ns: microseconds do not hold it",
                     (long long)rest);
        return;
    }
    /* Python's own words for it. */
    PyErr_Format(PyExc_ValueError, "year %lld is out of range",
                 (long long)civil(floor_divide(second, DAY, &rest), &month, &day));
}

/* ----------------------------------------------------------------------------------------------------- text */

/* Whether one of eight characters is not ASCII or has to be escaped. */
static int needs_care(uint64_t eight)
{
    return has_special(eight) || (eight & EACH(0x80)) != 0;
}

static int is_plain(uint8_t character)
{
    return character >= 0x20 && character < 0x80 && character != '"' && character != '\\';
}

/* The length of the character that begins here, in bytes; 0 if it is not UTF-8 (RFC 3629). */
static int utf8_length(const uint8_t *at, int64_t left)
{
    uint8_t lead = at[0], least = 0x80, most = 0xBF;
    int length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0, i;

    if (length == 0 || length > left)
        return 0;
    if (lead == 0xE0)
        least = 0xA0; /* shorter forms exist */
    else if (lead == 0xED)
        most = 0x9F; /* surrogates */
    else if (lead == 0xF0)
        least = 0x90;
    else if (lead == 0xF4)
        most = 0x8F; /* beyond U+10FFFF */
    if (at[1] < least || at[1] > most)
        return 0;
    for (i = 2; i < length; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

/* A JSON string; NULL if the text is not UTF-8. At most six characters come of one byte. */
static char *put_text(char *to, const uint8_t *at, int64_t left)
{
    *to++ = '"';
    while (left > 0) {
        if (left >= 8) {
            uint64_t eight = load_word((const char *)at);

            if (!needs_care(eight)) {
                to = put(to, &eight, 8);
                at += 8;
                left -= 8;
                continue;
            }
        }
        while (left > 0 && is_plain(*at)) {
            *to++ = (char)*at++;
            left--;
        }
        while (left > 0 && !is_plain(*at)) {
            if (*at < 0x80) {
                to = put_escape(to, *at++);
                left--;
            } else {
                int length = utf8_length(at, left);

                if (length == 0)
                    return NULL;
                to = put(to, at, (size_t)length);
                at += length;
                left -= length;
            }
        }
    }
    *to++ = '"';
    return to;
}

/* ---------------------------------------------------------------------------------------------------- values */

typedef enum { WRITTEN, NO_MEMORY, BAD_OFFSETS, BAD_TEXT, BAD_TIMESTAMP } Outcome;

/* Write one value. Room for `MAX_FIXED` characters is there, and for `rest` more is left. */
static Outcome put_value(Buffer *out, const Column *column, int64_t row, size_t rest)
{
    int64_t index = row + column->offset, from, size;
    char *end;

    if (is_null(column, index)) {
        out->at = put(out->at, "null", 4);
        return WRITTEN;
    }
    switch (column->kind) {
    case UTF8:
    case LARGE_UTF8:
        from = integer_at(column, index);
        size = integer_at(column, index + 1);
        if (from < 0 || size < from || (size > from && column->text == NULL))
            return BAD_OFFSETS;
        size -= from;
        if ((uint64_t)size > (uint64_t)PY_SSIZE_T_MAX / 8 || !reserve(out, (size_t)size * 6 + 2 + rest))
            return NO_MEMORY;
        end = size ? put_text(out->at, column->text + from, size) : put(out->at, "\"\"", 2);
        if (end == NULL)
            return BAD_TEXT;
        break;
    case TIMESTAMP:
        end = put_timestamp(out->at, integer_at(column, index), column->per_second);
        if (end == NULL)
            return BAD_TIMESTAMP;
        break;
    case DECIMAL128:
        end = put_decimal(out->at, (const uint8_t *)column->values + index * DECIMAL_BYTES, column->scale);
        break;
    default:
        end = put_integer(out->at, integer_at(column, index));
        break;
    }
    out->at = end;
    return WRITTEN;
}

static void refuse_value(Outcome outcome, const Column *column, int64_t row)
{
    int64_t index = row + column->offset;

    if (outcome == BAD_TIMESTAMP) {
        refuse_timestamp(integer_at(column, index), column->per_second);
    } else if (outcome == BAD_TEXT) {
        int64_t from = integer_at(column, index), size = integer_at(column, index + 1) - from;
        PyObject *text = PyUnicode_DecodeUTF8((const char *)column->text + from, (Py_ssize_t)size, NULL);

        if (text != NULL) { /* it has just been found not to be UTF-8 */
            Py_DECREF(text);
            PyErr_SetString(PyExc_SystemError, "a text is UTF-8 only for Python");
        }
    } else if (outcome == BAD_OFFSETS) {
        PyErr_SetString(PyExc_ValueError, "an Arrow array has offsets that do not rise");
    } else {
        PyErr_NoMemory();
    }
}

/* --------------------------------------------------------------------------------------------------- Columns */

typedef struct {
    PyObject_HEAD
    PyObject *owners; /* the capsules, which keep the buffers */
    Column *columns;
    Py_ssize_t width;
    int64_t rows;
} Columns;

/* Read one column of a sequence and keep its capsule. */
static int take_column(Columns *self, PyObject *source, Py_ssize_t position)
{
    PyObject *pair = PyObject_CallMethod(source, "__arrow_c_array__", NULL), *capsule;
    const struct ArrowSchema *schema;
    const struct ArrowArray *array;
    int taken = 0;

    if (pair == NULL)
        return 0;
    if (!PyTuple_Check(pair) || PyTuple_Size(pair) != 2) {
        PyErr_SetString(PyExc_TypeError, "__arrow_c_array__ must give a schema and an array");
        goto done;
    }
    schema = PyCapsule_GetPointer(PyTuple_GetItem(pair, 0), "arrow_schema");
    if (schema == NULL)
        goto done;
    capsule = PyTuple_GetItem(pair, 1);
    array = PyCapsule_GetPointer(capsule, "arrow_array");
    if (array == NULL || !read_column(schema, array, &self->columns[position]))
        goto done;
    if (position && array->length != self->rows) {
        PyErr_SetString(PyExc_ValueError, "the Arrow columns differ in length");
        goto done;
    }
    self->rows = array->length;
    Py_INCREF(capsule);
    taken = PyTuple_SetItem(self->owners, position, capsule) == 0;
done:
    Py_DECREF(pair);
    return taken;
}

static PyObject *columns_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"arrays", NULL};
    PyObject *given, *arrays;
    Columns *self;
    Py_ssize_t i;

    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O:Columns", names, &given))
        return NULL;
    arrays = PySequence_Tuple(given);
    if (arrays == NULL)
        return NULL;
    self = (Columns *)type->tp_alloc(type, 0); /* all zero */
    if (self == NULL) {
        Py_DECREF(arrays);
        return NULL;
    }
    self->width = PyTuple_Size(arrays);
    self->owners = PyTuple_New(self->width);
    self->columns = PyMem_Calloc((size_t)self->width, sizeof *self->columns);
    if (self->owners == NULL || self->columns == NULL) {
        PyErr_NoMemory();
        goto failed;
    }
    if (self->width == 0) {
        PyErr_SetString(PyExc_ValueError, "no columns");
        goto failed;
    }
    for (i = 0; i < self->width; i++)
        if (!take_column(self, PyTuple_GetItem(arrays, i), i))
            goto failed;
    Py_DECREF(arrays);
    return (PyObject *)self;
failed:
    Py_DECREF(arrays);
    Py_DECREF(self);
    return NULL;
}

static void columns_dealloc(Columns *self)
{
    PyTypeObject *type = Py_TYPE(self);

    Py_XDECREF(self->owners);
    PyMem_Free(self->columns);
    type->tp_free(self);
    Py_DECREF(type);
}

static Py_ssize_t columns_length(Columns *self)
{
    return (Py_ssize_t)self->rows;
}

typedef struct {
    const char *start;
    size_t size;
} Piece;

static int read_piece(PyObject *bytes, Piece *piece, size_t *total)
{
    char *start;
    Py_ssize_t size;

    if (PyBytes_AsStringAndSize(bytes, &start, &size) < 0)
        return 0;
    if ((size_t)size > (size_t)PY_SSIZE_T_MAX / 4 - *total) {
        PyErr_NoMemory();
        return 0;
    }
    piece->start = start;
    piece->size = (size_t)size;
    *total += (size_t)size;
    return 1;
}

PyDoc_STRVAR(lines_doc,
             "lines(keys, start, stop, head, tail)\n--\n\n"
             "The rows from `start` to before `stop`, each as `head`, for each column its key and its value, and `tail`.\n\n"
             "Raises ValueError for a time outside the years 1 to 9999, UnicodeDecodeError for text that is not UTF-8.");

static PyObject *columns_lines(Columns *self, PyObject *args)
{
    PyObject *keys, *head_bytes, *tail_bytes, *result = NULL;
    Py_ssize_t start, stop, row, i = 0;
    size_t room = 0;
    Piece *pieces, head, tail;
    Outcome outcome = WRITTEN;
    Buffer out;

    if (!PyArg_ParseTuple(args, "O!nnSS:lines", &PyTuple_Type, &keys, &start, &stop, &head_bytes, &tail_bytes))
        return NULL;
    if (PyTuple_Size(keys) != self->width || start < 0 || stop < start || stop > self->rows) {
        PyErr_SetString(PyExc_ValueError, "the columns have other keys or rows");
        return NULL;
    }
    pieces = PyMem_Calloc((size_t)self->width, sizeof *pieces);
    if (pieces == NULL)
        return PyErr_NoMemory();
    out.start = NULL;
    if (!read_piece(head_bytes, &head, &room) || !read_piece(tail_bytes, &tail, &room))
        goto done;
    for (i = 0; i < self->width; i++)
        if (!read_piece(PyTuple_GetItem(keys, i), &pieces[i], &room))
            goto done;
    room += MAX_FIXED * (size_t)self->width;
    out.start = out.at = PyMem_RawMalloc(room);
    if (out.start == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    out.end = out.start + room;

    Py_BEGIN_ALLOW_THREADS /* other threads fetch meanwhile */
    for (row = start; row < stop && outcome == WRITTEN; row++) {
        if (!reserve(&out, room)) {
            outcome = NO_MEMORY;
            i = 0;
            break;
        }
        out.at = put(out.at, head.start, head.size);
        for (i = 0; i < self->width; i++) {
            out.at = put(out.at, pieces[i].start, pieces[i].size);
            outcome = put_value(&out, &self->columns[i], row, room);
            if (outcome != WRITTEN)
                break;
        }
        if (outcome != WRITTEN)
            break;
        out.at = put(out.at, tail.start, tail.size);
    }
    Py_END_ALLOW_THREADS

    if (outcome == WRITTEN)
        result = PyBytes_FromStringAndSize(out.start, out.at - out.start);
    else
        refuse_value(outcome, &self->columns[i], row);
done:
    PyMem_RawFree(out.start);
    PyMem_Free(pieces);
    return result;
}

static PyMethodDef columns_methods[] = {
    {"lines", (PyCFunction)columns_lines, METH_VARARGS, lines_doc},
    {NULL, NULL, 0, NULL},
};

PyDoc_STRVAR(columns_doc, "Columns(arrays)\n--\n\n"
                          "Arrow arrays of one length, each with __arrow_c_array__, one per column.\n\n"
                          "Raises NotImplementedError for an Arrow format that is not written exactly.");

static PyType_Slot columns_slots[] = {
    {Py_tp_new, (void *)columns_new},         {Py_tp_dealloc, (void *)columns_dealloc},
    {Py_tp_methods, (void *)columns_methods}, {Py_tp_doc, (void *)columns_doc},
    {Py_sq_length, (void *)columns_length},   {0, NULL},
};

static PyType_Spec columns_spec = {
    .name = "flext_db_oracle.compiled._encode.Columns",
    .basicsize = sizeof(Columns),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = columns_slots,
};

static int module_exec(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &columns_spec, NULL);
    int added;

    if (type == NULL)
        return -1;
    added = PyModule_AddObjectRef(module, "Columns", type);
    Py_DECREF(type);
    return added;
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, (void *)module_exec},
    {0, NULL},
};

static struct PyModuleDef module_definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "flext_db_oracle.compiled._encode",
    .m_doc = "JSON lines from Arrow columns.",
    .m_size = 0,
    .m_slots = module_slots,
};

PyMODINIT_FUNC PyInit__encode(void)
{
    return PyModuleDef_Init(&module_definition);
}
