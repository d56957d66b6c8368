/* Pieces of JSON, read between a pointer and an end; a terminating NUL is never relied on.

   `take_...` moves the pointer behind what it took and returns 1, or returns 0: then it is not there, and where the
   pointer is does not matter to anybody who gives up. */

#ifndef FLEXT_SCAN_H
#define FLEXT_SCAN_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include "words.h"

#define SAFE_DIGITS 18 /* so many always fit int64 */

typedef struct {
    const char *at, *end;
} Cursor;

static void skip_space(Cursor *in)
{
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\t' || *in->at == '\r'))
        in->at++;
}

static int take(Cursor *in, const char *text, Py_ssize_t length)
{
    if (in->end - in->at < length || memcmp(in->at, text, (size_t)length) != 0)
        return 0;
    in->at += length;
    return 1;
}

static int take_token(Cursor *in, char token)
{
    skip_space(in);
    return take(in, &token, 1);
}

static int take_colon(Cursor *in)
{
    int found = take_token(in, ':');
    skip_space(in);
    return found;
}

typedef struct {
    const char *start, *end;
    int escaped, ascii;
} Text;

/* A string, quotes included. What its escapes and bytes mean is not looked at. */
static int take_text(Cursor *in, Text *text)
{
    const char *p = in->at, *end = in->end;
    uint64_t bits = 0;

    if (p >= end || *p != '"')
        return 0;
    text->start = ++p;
    text->escaped = 0;
    for (;;) {
        while (end - p >= 8) {
            uint64_t word = load_word(p);
            if (has_special(word))
                break;
            bits |= word;
            p += 8;
        }
        for (;; p++) {
            unsigned char c;
            if (p >= end)
                return 0;
            c = (unsigned char)*p;
            if (c == '"') {
                text->end = p;
                text->ascii = !(bits & EACH(0x80));
                in->at = p + 1;
                return 1;
            }
            if (c == '\\')
                break;
            if (c < 0x20)
                return 0;
            bits |= c;
        }
        if (end - p < 2)
            return 0;
        text->escaped = 1;
        p += 2;
    }
}

static int hex4(const char *p, const char *end, uint32_t *code)
{
    int index;

    if (end - p < 4)
        return 0;
    for (*code = 0, index = 0; index < 4; index++) {
        char c = p[index];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0)
            return 0;
        *code = *code << 4 | (uint32_t)digit;
    }
    return 1;
}

static char *put_utf8(char *out, uint32_t code)
{
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xC0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *out++ = (char)(0xE0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    } else {
        *out++ = (char)(0xF0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 0x3F));
        *out++ = (char)(0x80 | (code >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code & 0x3F));
    }
    return out;
}

/* Writes the text without escapes, which is never longer, and returns its length; -1 for a bad escape. */
static Py_ssize_t unescape(const Text *text, char *out)
{
    static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    const char *p = text->start;
    char *start = out;

    while (p < text->end) {
        const char *found;
        if (*p != '\\') {
            *out++ = *p++;
            continue;
        }
        if (++p >= text->end)
            return -1;
        if (*p == 'u') {
            uint32_t code, low;
            if (!hex4(++p, text->end, &code))
                return -1;
            p += 4;
            if (code >= 0xDC00 && code <= 0xDFFF)
                return -1;
            if (code >= 0xD800 && code <= 0xDBFF) {
                if (text->end - p < 6 || p[0] != '\\' || p[1] != 'u' || !hex4(p + 2, text->end, &low) || low < 0xDC00 ||
                    low > 0xDFFF)
                    return -1;
                p += 6;
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            }
            out = put_utf8(out, code);
            continue;
        }
        found = memchr(names, *p++, sizeof names - 1);
        if (found == NULL)
            return -1;
        *out++ = meanings[found - names];
    }
    return out - start;
}

static PyObject *make_text(const Text *text)
{
    Py_ssize_t length = text->end - text->start;
    char local[512], *buffer = local;
    PyObject *made;

    if (!text->escaped) {
        if (!text->ascii)
            return PyUnicode_DecodeUTF8(text->start, length, NULL);
        made = PyUnicode_New(length, 127);
        if (made != NULL && length)
            memcpy(PyUnicode_1BYTE_DATA(made), text->start, (size_t)length);
        return made;
    }
    if (length > (Py_ssize_t)sizeof local && (buffer = PyMem_Malloc((size_t)length)) == NULL)
        return PyErr_NoMemory();
    length = unescape(text, buffer);
    made = length < 0 ? NULL : PyUnicode_DecodeUTF8(buffer, length, NULL);
    if (buffer != local)
        PyMem_Free(buffer);
    return made;
}

typedef struct {
    const char *start, *end;
    int negative, has_exponent;
    Py_ssize_t whole, fraction; /* digits */
    long long value;            /* of an integer of at most SAFE_DIGITS */
} Number;

static int is_digit(const char *p, const char *end) { return p < end && *p >= '0' && *p <= '9'; }

static int take_number(Cursor *in, Number *number)
{
    const char *p = in->at, *end = in->end, *digits;

    number->start = p;
    number->negative = p < end && *p == '-';
    digits = p += number->negative;
    for (number->value = 0; is_digit(p, end); p++)
        if (p - digits < SAFE_DIGITS)
            number->value = number->value * 10 + (*p - '0');
    number->whole = p - digits;
    if (number->whole == 0 || (*digits == '0' && number->whole > 1))
        return 0;
    number->fraction = 0;
    if (p < end && *p == '.') {
        for (p++; is_digit(p, end); p++)
            number->fraction++;
        if (number->fraction == 0)
            return 0;
    }
    number->has_exponent = p < end && (*p == 'e' || *p == 'E');
    if (number->has_exponent) {
        p++;
        p += p < end && (*p == '+' || *p == '-');
        if (!is_digit(p, end))
            return 0;
        while (is_digit(p, end))
            p++;
    }
    if (number->negative)
        number->value = -number->value;
    number->end = in->at = p;
    return 1;
}

#endif
