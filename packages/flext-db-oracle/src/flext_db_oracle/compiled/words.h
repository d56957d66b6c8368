/* Text in JSON: which of eight bytes at a time it says something special with, and how it writes those. */

#ifndef FLEXT_WORDS_H
#define FLEXT_WORDS_H

#include <stdint.h>
#include <string.h>

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))
#define HAS_LESS(word, byte) (((word) - EACH(byte)) & ~(word) & EACH(0x80))

static inline uint64_t load_word(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

/* Whether a quote, a backslash or a control character is among them. */
static inline int has_special(uint64_t word)
{
    return (HAS_LESS(word, 0x20) | HAS_LESS(word ^ EACH('"'), 1) | HAS_LESS(word ^ EACH('\\'), 1)) != 0;
}

/* A character that is not written as it is: at most six bytes. */
static inline char *put_escape(char *out, unsigned char c)
{
    static const char meanings[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt", digits[] = "0123456789abcdef";
    const char *found = memchr(meanings, c, sizeof meanings - 1);

    *out++ = '\\';
    if (found != NULL) {
        *out++ = names[found - meanings];
        return out;
    }
    memcpy(out, "u00", 3);
    out[3] = digits[c >> 4];
    out[4] = digits[c & 0xF];
    return out + 5;
}

#endif
