/* Eight bytes of text at a time: whether JSON says something special with one of them. */

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

#endif
