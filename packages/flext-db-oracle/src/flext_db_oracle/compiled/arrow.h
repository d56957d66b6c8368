/* One Arrow array by the C data interface: its format and buffers, checked as far as they can be.

   https://arrow.apache.org/docs/format/CDataInterface.html */

#ifndef FLEXT_ARROW_H
#define FLEXT_ARROW_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

typedef enum { INT8, INT16, INT32, INT64, DECIMAL128, UTF8, LARGE_UTF8, TIMESTAMP } Kind;

typedef struct {
    Kind kind;
    int scale;             /* of DECIMAL128: digits after the point */
    int64_t per_second;    /* of TIMESTAMP */
    int64_t offset;        /* in values, into the buffers */
    const uint8_t *valid;  /* a bit per value; NULL: none is null */
    const void *values;    /* numbers, or the offsets of texts */
    const uint8_t *text;
} Column;

enum { MAX_SCALE = 38, DECIMAL_BYTES = 16 };

static int64_t integer_at(const Column *column, int64_t index)
{
    switch (column->kind) {
    case INT8: return ((const int8_t *)column->values)[index];
    case INT16: {
        int16_t value;
        memcpy(&value, (const char *)column->values + index * 2, sizeof value);
        return value;
    }
    case INT32:
    case UTF8: {
        int32_t value;
        memcpy(&value, (const char *)column->values + index * 4, sizeof value);
        return value;
    }
    default: {
        int64_t value;
        memcpy(&value, (const char *)column->values + index * 8, sizeof value);
        return value;
    }
    }
}

static int is_null(const Column *column, int64_t index)
{
    return column->valid != NULL && !(column->valid[index >> 3] >> (index & 7) & 1);
}

/* A number of at most two digits; NULL if there is none. */
static const char *read_number(const char *at, int *value)
{
    int count = 0;

    for (*value = 0; *at >= '0' && *at <= '9'; at++) {
        if (++count > 2)
            return NULL;
        *value = *value * 10 + (*at - '0');
    }
    return count ? at : NULL;
}

static int read_format(const char *format, Column *column)
{
    static const char *const NAMES[] = {"c", "s", "i", "l", "u", "U", "tss:", "tsm:", "tsu:", "tsn:"};
    static const Kind KINDS[] = {INT8, INT16, INT32, INT64, UTF8, LARGE_UTF8, TIMESTAMP, TIMESTAMP, TIMESTAMP, TIMESTAMP};
    static const int64_t UNITS[] = {0, 0, 0, 0, 0, 0, 1, 1000, 1000000, 1000000000};
    int precision;
    size_t i;

    for (i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (strcmp(format, NAMES[i]) == 0) {
            column->kind = KINDS[i];
            column->per_second = UNITS[i];
            return 1;
        }
    }
    if (strncmp(format, "d:", 2) != 0)
        return 0;
    column->kind = DECIMAL128;
    format = read_number(format + 2, &precision);
    if (format == NULL || *format != ',')
        return 0;
    format = read_number(format + 1, &column->scale);
    if (format == NULL || (*format && strcmp(format, ",128") != 0))
        return 0;
    return column->scale <= MAX_SCALE;
}

/* Fill in a column, or raise. */
static int read_column(const struct ArrowSchema *schema, const struct ArrowArray *array, Column *column)
{
    int is_text;

    if (schema->release == NULL || array->release == NULL || schema->format == NULL) {
        PyErr_SetString(PyExc_ValueError, "an Arrow array has been released");
        return 0;
    }
    memset(column, 0, sizeof *column);
    if (schema->n_children || schema->dictionary || array->n_children || array->dictionary ||
        !read_format(schema->format, column)) {
        PyErr_Format(PyExc_NotImplementedError, "the Arrow format %s is not supported", schema->format);
        return 0;
    }
    is_text = column->kind == UTF8 || column->kind == LARGE_UTF8;
    if (array->length < 0 || array->offset < 0 || array->length >= INT64_MAX / DECIMAL_BYTES - array->offset ||
        array->n_buffers != (is_text ? 3 : 2) || array->buffers == NULL ||
        (array->length && array->buffers[1] == NULL) || (array->null_count > 0 && array->buffers[0] == NULL)) {
        PyErr_SetString(PyExc_ValueError, "an Arrow array does not have the buffers of its format");
        return 0;
    }
    column->offset = array->offset;
    column->valid = array->null_count ? array->buffers[0] : NULL;
    column->values = array->buffers[1];
    column->text = is_text ? array->buffers[2] : NULL;
    return 1;
}

#endif
