/* JSON values into what is bound: by the rules of a property's schema and column.

   A parser returns NULL: with an exception set that is an error (a converter's, Python's codec's), without one the value
   is not plainly valid and the chunk is declined. */

#ifndef FLEXT_VALUES_H
#define FLEXT_VALUES_H

#include "scan.h"
#include <datetime.h>

enum kind { KIND_TEXT, KIND_INTEGER, KIND_NUMBER, KIND_TIME, KIND_BOOLEAN, KIND_IGNORED };

#define CONTEXT_DIGITS 28 /* of Python's decimal arithmetic: within them a number's digits say what `%` would */
#define MOST_DIGITS 40    /* of an integer: what Oracle takes */
#define NO_SCALE (-1)

/* A property. `scale` of a number: one with no more digits after the point passes without its converter. Of a time:
   the digits of a second that its column keeps. */
typedef struct {
    PyObject *name, *decimal;
    const char *key;
    Py_ssize_t key_length;
    enum kind kind;
    int nullable, may_be_missing, must_have_value;
    PyObject *converter;         /* or NULL */
    PyObject *low, *high, *step; /* bounds and multipleOf of numbers, or NULL */
    long long least, most;       /* the bounds within int64 */
    Py_ssize_t shortest, longest;
    int scale, step_scale;
} Field;

static PyObject *declined(PyObject *value)
{
    Py_XDECREF(value);
    return NULL;
}

/* What the converter makes of the value, whose reference it takes. */
static PyObject *convert(const Field *field, PyObject *value)
{
    PyObject *converted;

    if (value == NULL || field->converter == NULL)
        return value;
    converted = PyObject_CallOneArg(field->converter, value);
    Py_DECREF(value);
    return converted;
}

static PyObject *parse_text(Cursor *in, const Field *field)
{
    Text text;
    PyObject *value;
    Py_ssize_t length;

    if (!take_text(in, &text) || (field->must_have_value && text.start == text.end))
        return NULL;
    value = make_text(&text);
    if (value == NULL)
        return NULL;
    length = PyUnicode_GET_LENGTH(value);
    if (length < field->shortest || length > field->longest)
        return declined(value);
    return convert(field, value);
}

static int two_digits(const char *p) { return (p[0] - '0') * 10 + (p[1] - '0'); }

/* 2024-02-29T12:34:56, with up to six digits of a second: what Python's datetime holds. Other forms are the converter's. */
static PyObject *parse_time(Cursor *in, const Field *field)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const Py_ssize_t seconds = sizeof form - 1;
    const char *p = in->at + 1, *end = in->end;
    int year, month, day, hour, minute, second, microsecond = 0, step = 1000000, lost = 1000000, index;

    if (end - in->at < seconds + 2 || *in->at != '"')
        return parse_text(in, field);
    for (index = 0; index < seconds; index++)
        if (form[index] == 'd' ? p[index] < '0' || p[index] > '9' : p[index] != form[index])
            return parse_text(in, field);
    year = two_digits(p) * 100 + two_digits(p + 2);
    month = two_digits(p + 5);
    day = two_digits(p + 8);
    hour = two_digits(p + 11);
    minute = two_digits(p + 14);
    second = two_digits(p + 17);
    p += seconds;
    if (*p == '.') {
        for (p++; is_digit(p, end) && step > 1; p++) {
            step /= 10;
            microsecond += (*p - '0') * step;
        }
        if (step == 1000000)
            return parse_text(in, field);
    }
    if (p >= end || *p != '"' || year < 1 || month < 1 || month > 12 || day < 1 || day > days[month - 1] || hour > 23 ||
        minute > 59 || second > 59 || (month == 2 && day == 29 && (year % 4 || (year % 100 == 0 && year % 400))))
        return parse_text(in, field);
    for (index = 0; index < field->scale; index++)
        lost /= 10;
    if (microsecond % lost || p - in->at - 1 < field->shortest || p - in->at - 1 > field->longest)
        return NULL;
    in->at = p + 1;
    return PyDateTimeAPI->DateTime_FromDateAndTime(
        year, month, day, hour, minute, second, microsecond, Py_None, PyDateTimeAPI->DateTimeType);
}

/* 1 if the value is within its bounds and a multiple of its step, 0 if not, -1 with an exception. */
static int is_within(const Field *field, PyObject *value, int is_multiple)
{
    int found;
    PyObject *rest;

    if (field->low != NULL && (found = PyObject_RichCompareBool(value, field->low, Py_GE)) != 1)
        return found;
    if (field->high != NULL && (found = PyObject_RichCompareBool(value, field->high, Py_LE)) != 1)
        return found;
    if (field->step == NULL || is_multiple)
        return 1;
    rest = PyNumber_Remainder(value, field->step);
    if (rest == NULL) {
        if (!PyErr_ExceptionMatches(PyExc_ArithmeticError)) /* more digits than the decimal context has */
            return -1;
        PyErr_Clear();
        return 0;
    }
    found = PyObject_Not(rest);
    Py_DECREF(rest);
    return found;
}

static PyObject *make_integer(const Number *number)
{
    char text[MOST_DIGITS + 2];
    Py_ssize_t length = number->end - number->start;

    if (number->whole <= SAFE_DIGITS)
        return PyLong_FromLongLong(number->value);
    if (number->whole > MOST_DIGITS)
        return NULL;
    memcpy(text, number->start, (size_t)length);
    text[length] = '\0';
    return PyLong_FromString(text, NULL, 10);
}

static PyObject *make_decimal(const Field *field, const Number *number)
{
    Py_ssize_t length = number->end - number->start;
    PyObject *value, *text = PyUnicode_New(length, 127);

    if (text == NULL)
        return NULL;
    memcpy(PyUnicode_1BYTE_DATA(text), number->start, (size_t)length);
    value = PyObject_CallOneArg(field->decimal, text);
    Py_DECREF(text);
    return value;
}

static PyObject *parse_number(Cursor *in, const Field *field)
{
    Number number;
    PyObject *value;
    int plain, is_integer;

    if (!take_number(in, &number))
        return NULL;
    is_integer = number.fraction == 0 && !number.has_exponent;
    plain = !number.has_exponent && number.fraction <= field->scale &&
            number.whole + (is_integer ? 0 : field->scale) <= CONTEXT_DIGITS;
    if (is_integer) {
        if (number.negative && number.value == 0 && number.whole == 1) /* -0 */
            return NULL;
        if (number.whole <= SAFE_DIGITS && field->step == NULL && field->least <= number.value &&
            number.value <= field->most && (field->converter == NULL || plain))
            return PyLong_FromLongLong(number.value);
        value = make_integer(&number);
    } else {
        value = field->kind == KIND_INTEGER ? NULL : make_decimal(field, &number);
    }
    if (value == NULL)
        return NULL;
    if (field->low != NULL || field->high != NULL || field->step != NULL) {
        int is_multiple = !number.has_exponent && number.fraction <= field->step_scale &&
                          number.whole + field->step_scale <= CONTEXT_DIGITS;
        if (is_within(field, value, is_multiple) != 1)
            return declined(value);
    }
    return plain ? value : convert(field, value);
}

static PyObject *parse_boolean(Cursor *in, const Field *field)
{
    PyObject *value = take(in, "true", 4) ? Py_True : take(in, "false", 5) ? Py_False : NULL;

    Py_XINCREF(value);
    return convert(field, value);
}

/* Anything but objects and arrays; None says that it is well formed. */
static PyObject *parse_ignored(Cursor *in)
{
    Text text;
    Number number;
    PyObject *value;

    if (in->at < in->end && *in->at == '"') {
        value = take_text(in, &text) ? make_text(&text) : NULL;
        if (value == NULL)
            return NULL;
        Py_DECREF(value);
    } else if (!take(in, "true", 4) && !take(in, "false", 5) && !take_number(in, &number)) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *parse_value(Cursor *in, const Field *field)
{
    if (take(in, "null", 4)) {
        if (!field->nullable || field->must_have_value)
            return NULL;
        Py_RETURN_NONE;
    }
    switch (field->kind) {
    case KIND_TEXT: return parse_text(in, field);
    case KIND_TIME: return parse_time(in, field);
    case KIND_INTEGER:
    case KIND_NUMBER: return parse_number(in, field);
    case KIND_BOOLEAN: return parse_boolean(in, field);
    default: return parse_ignored(in);
    }
}

#endif
