/* Rows as the lines of JSON that a batch is identified by, and the CRC-32 of each, in one pass.

   The bytes are those of msgspec's `encode_lines`: a digest must not depend on whether this was compiled. A row with a
   value of any other type than below is left to a function of the caller's. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <datetime.h>
#include "words.h"

typedef struct {
    PyObject *bytes; /* as many as have room */
    char *at, *end;
} Buffer;

#define LONGEST_INTEGER 20
#define LONGEST_ESCAPE 6
#define BLOCK 1024 /* bytes of text for which there must be room, if all were escaped */
#define SMALL 40   /* room for an integer, a time or a word, with what is around it */

static uint32_t tables[8][256];

static void fill_tables(void)
{
    uint32_t index, slice, crc;
    int bit;

    for (index = 0; index < 256; index++) {
        for (crc = index, bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        tables[0][index] = crc;
    }
    for (index = 0; index < 256; index++)
        for (slice = 1; slice < 8; slice++)
            tables[slice][index] = tables[slice - 1][index] >> 8 ^ tables[0][tables[slice - 1][index] & 0xFF];
}

static uint32_t little_endian(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* CRC-32 as zlib has it, eight bytes at a time ("slicing by 8"). */
static uint32_t crc32_of(const char *text, const char *end)
{
    const unsigned char *p = (const unsigned char *)text, *stop = (const unsigned char *)end;
    uint32_t crc = 0xFFFFFFFF;

    for (; stop - p >= 8; p += 8) {
        uint32_t one = crc ^ little_endian(p), two = little_endian(p + 4);
        crc = tables[7][one & 0xFF] ^ tables[6][one >> 8 & 0xFF] ^ tables[5][one >> 16 & 0xFF] ^ tables[4][one >> 24] ^
              tables[3][two & 0xFF] ^ tables[2][two >> 8 & 0xFF] ^ tables[1][two >> 16 & 0xFF] ^ tables[0][two >> 24];
    }
    for (; p < stop; p++)
        crc = crc >> 8 ^ tables[0][(crc ^ *p) & 0xFF];
    return ~crc;
}

static int grow(Buffer *buffer, Py_ssize_t size)
{
    char *start = PyBytes_AS_STRING(buffer->bytes);
    Py_ssize_t used = buffer->at - start;

    if (size > PY_SSIZE_T_MAX / 2 - used) {
        PyErr_NoMemory();
        return -1;
    }
    if (_PyBytes_Resize(&buffer->bytes, used + size + used / 2) < 0)
        return -1;
    start = PyBytes_AS_STRING(buffer->bytes);
    buffer->at = start + used;
    buffer->end = start + PyBytes_GET_SIZE(buffer->bytes);
    return 0;
}

static int make_room(Buffer *buffer, Py_ssize_t size)
{
    return buffer->end - buffer->at >= size ? 0 : grow(buffer, size);
}

static int put_text(Buffer *buffer, PyObject *value)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(value);
    const char *p, *end;
    char *out;

    p = PyUnicode_IS_COMPACT_ASCII(value) ? (const char *)PyUnicode_1BYTE_DATA(value) : PyUnicode_AsUTF8AndSize(value, &length);
    if (p == NULL)
        return -1;
    end = p + length;
    *buffer->at++ = '"';
    while (p < end) {
        const char *stop = end - p > BLOCK ? p + BLOCK : end;
        if (make_room(buffer, LONGEST_ESCAPE * (stop - p) + SMALL) < 0)
            return -1;
        for (out = buffer->at; p < stop;) {
            unsigned char c;
            while (stop - p >= 8) {
                uint64_t word = load_word(p);
                if (has_special(word))
                    break;
                memcpy(out, &word, 8);
                out += 8;
                p += 8;
            }
            for (; p < stop && (c = (unsigned char)*p) >= 0x20 && c != '"' && c != '\\'; p++)
                *out++ = (char)c;
            if (p < stop)
                out = put_escape(out, (unsigned char)*p++);
        }
        buffer->at = out;
    }
    *buffer->at++ = '"';
    return 0;
}

static char *put_digits(char *out, unsigned long long number)
{
    char digits[LONGEST_INTEGER], *p = digits + sizeof digits;
    size_t length;

    do {
        *--p = (char)('0' + number % 10);
    } while (number /= 10);
    length = (size_t)(digits + sizeof digits - p);
    memcpy(out, p, length);
    return out + length;
}

static char *put_two_digits(char *out, int number)
{
    *out++ = (char)('0' + number / 10);
    *out++ = (char)('0' + number % 10);
    return out;
}

/* What `str` makes of a number. */
static int put_number(Buffer *buffer, PyObject *value, int quoted)
{
    PyObject *text = PyObject_Str(value);
    Py_ssize_t length;
    int done = -1;

    if (text == NULL)
        return -1;
    length = PyUnicode_GET_LENGTH(text);
    if (!PyUnicode_IS_COMPACT_ASCII(text))
        PyErr_SetString(PyExc_TypeError, "a number is ASCII");
    else if (make_room(buffer, length + SMALL) == 0) {
        if (quoted)
            *buffer->at++ = '"';
        memcpy(buffer->at, PyUnicode_1BYTE_DATA(text), (size_t)length);
        buffer->at += length;
        if (quoted)
            *buffer->at++ = '"';
        done = 0;
    }
    Py_DECREF(text);
    return done;
}

static int put_integer(Buffer *buffer, PyObject *value)
{
    int overflow;
    long long number = PyLong_AsLongLongAndOverflow(value, &overflow);

    if (overflow)
        return put_number(buffer, value, 0);
    if (number < 0)
        *buffer->at++ = '-';
    buffer->at = put_digits(buffer->at, number < 0 ? 0 - (unsigned long long)number : (unsigned long long)number);
    return 0;
}

static void put_time(Buffer *buffer, PyObject *value)
{
    int microsecond = PyDateTime_DATE_GET_MICROSECOND(value), year = PyDateTime_GET_YEAR(value);
    char *out = buffer->at;

    *out++ = '"';
    out = put_two_digits(put_two_digits(out, year / 100), year % 100);
    *out++ = '-';
    out = put_two_digits(out, PyDateTime_GET_MONTH(value));
    *out++ = '-';
    out = put_two_digits(out, PyDateTime_GET_DAY(value));
    *out++ = 'T';
    out = put_two_digits(out, PyDateTime_DATE_GET_HOUR(value));
    *out++ = ':';
    out = put_two_digits(out, PyDateTime_DATE_GET_MINUTE(value));
    *out++ = ':';
    out = put_two_digits(out, PyDateTime_DATE_GET_SECOND(value));
    if (microsecond) {
        *out++ = '.';
        out = put_two_digits(out, microsecond / 10000);
        out = put_two_digits(out, microsecond / 100 % 100);
        out = put_two_digits(out, microsecond % 100);
    }
    *out++ = '"';
    buffer->at = out;
}

static void put_word(Buffer *buffer, const char *word)
{
    while (*word)
        *buffer->at++ = *word++;
}

/* Writes a value; there is room for a SMALL one. 0; 1 for a value of another type; -1 with an exception. */
static int put_value(Buffer *buffer, PyObject *value, PyTypeObject *decimal)
{
    if (PyUnicode_CheckExact(value))
        return put_text(buffer, value);
    if (PyLong_CheckExact(value))
        return put_integer(buffer, value);
    if (Py_IS_TYPE(value, decimal))
        return put_number(buffer, value, 1);
    if (PyDateTime_CheckExact(value) && PyDateTime_DATE_GET_TZINFO(value) == Py_None)
        put_time(buffer, value);
    else if (value == Py_None || PyBool_Check(value))
        put_word(buffer, value == Py_None ? "null" : value == Py_True ? "true" : "false");
    else
        return 1;
    return 0;
}

static int put_row_by(Buffer *buffer, PyObject *encode, PyObject *row, Py_ssize_t width)
{
    PyObject *values = PyTuple_GetSlice(row, 0, width), *line;
    int done = -1;

    line = values == NULL ? NULL : PyObject_CallOneArg(encode, values);
    Py_XDECREF(values);
    if (line != NULL && !PyBytes_Check(line))
        PyErr_SetString(PyExc_TypeError, "a row is encoded as bytes");
    else if (line != NULL && (done = make_room(buffer, PyBytes_GET_SIZE(line))) == 0) {
        memcpy(buffer->at, PyBytes_AS_STRING(line), (size_t)PyBytes_GET_SIZE(line));
        buffer->at += PyBytes_GET_SIZE(line);
    }
    Py_XDECREF(line);
    return done;
}

static int put_row(Buffer *buffer, PyObject *row, Py_ssize_t width, PyTypeObject *decimal, PyObject *encode)
{
    Py_ssize_t start = buffer->at - PyBytes_AS_STRING(buffer->bytes), index;
    int done = make_room(buffer, SMALL);

    if (width > PyTuple_GET_SIZE(row))
        width = PyTuple_GET_SIZE(row);
    if (done == 0)
        *buffer->at++ = '[';
    for (index = 0; done == 0 && index < width; index++) {
        if (index)
            *buffer->at++ = ',';
        done = put_value(buffer, PyTuple_GET_ITEM(row, index), decimal);
        if (done == 0)
            done = make_room(buffer, SMALL);
    }
    if (done == 0)
        *buffer->at++ = ']';
    if (done != 1)
        return done;
    buffer->at = PyBytes_AS_STRING(buffer->bytes) + start;
    return put_row_by(buffer, encode, row, width);
}

static int put_rows(Buffer *buffer, PyObject *rows, Py_ssize_t width, PyTypeObject *decimal, PyObject *encode,
                    unsigned char *checks)
{
    Py_ssize_t index;

    for (index = 0; index < PyList_GET_SIZE(rows); index++) {
        Py_ssize_t start = buffer->at - PyBytes_AS_STRING(buffer->bytes);
        PyObject *row = PyList_GET_ITEM(rows, index);
        uint32_t check;
        int byte;

        if (!PyTuple_CheckExact(row)) {
            PyErr_SetString(PyExc_TypeError, "a row is a tuple");
            return -1;
        }
        if (put_row(buffer, row, width, decimal, encode) < 0)
            return -1;
        if (checks != NULL) {
            check = crc32_of(PyBytes_AS_STRING(buffer->bytes) + start, buffer->at);
            for (byte = 0; byte < 4; byte++)
                *checks++ = (unsigned char)(check >> 8 * byte);
        }
        if (make_room(buffer, 1) < 0)
            return -1;
        *buffer->at++ = '\n';
    }
    return 0;
}

static PyObject *encode_rows(PyObject *self, PyObject *arguments)
{
    PyObject *rows, *encode, *checks = NULL, *copy;
    PyTypeObject *decimal;
    Py_ssize_t start, stop, width;
    int with_checks, done;
    Buffer buffer;

    (void)self;
    if (!PyArg_ParseTuple(arguments, "O!nnnpO!O", &PyList_Type, &rows, &start, &stop, &width, &with_checks,
                          &PyType_Type, &decimal, &encode))
        return NULL;
    copy = PyList_GetSlice(rows, start, stop); /* `encode` could change the list */
    if (copy == NULL)
        return NULL;
    buffer.bytes = PyBytes_FromStringAndSize(NULL, PyList_GET_SIZE(copy) * 256 + 256);
    if (with_checks)
        checks = PyBytes_FromStringAndSize(NULL, PyList_GET_SIZE(copy) * 4);
    done = buffer.bytes == NULL || (with_checks && checks == NULL) ? -1 : 0;
    if (done == 0) {
        buffer.at = PyBytes_AS_STRING(buffer.bytes);
        buffer.end = buffer.at + PyBytes_GET_SIZE(buffer.bytes);
        done = put_rows(&buffer, copy, width, decimal, encode, with_checks ? (unsigned char *)PyBytes_AS_STRING(checks) : NULL);
    }
    Py_DECREF(copy);
    if (done == 0)
        done = _PyBytes_Resize(&buffer.bytes, buffer.at - PyBytes_AS_STRING(buffer.bytes));
    if (done < 0) {
        Py_XDECREF(buffer.bytes);
        Py_XDECREF(checks);
        return NULL;
    }
    return with_checks ? Py_BuildValue("NN", buffer.bytes, checks) : Py_BuildValue("Ny", buffer.bytes, "");
}

static PyMethodDef methods[] = {
    {"encode_rows", encode_rows, METH_VARARGS,
     "The first `width` values of some rows as lines of JSON, and the little-endian CRC-32 of each line."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "flext_db_oracle.compiled._digest",
    .m_size = -1,
    .m_methods = methods,
};

PyMODINIT_FUNC PyInit__digest(void)
{
    PyDateTime_IMPORT;
    if (PyDateTimeAPI == NULL)
        return NULL;
    fill_tables();
    return PyModule_Create(&module);
}
