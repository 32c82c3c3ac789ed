/*
 * The words of the arrangement lattice24 in C, for a driver that would wait for a pipe otherwise: uniform float32 of one tensor in
 * element order, the 24 bits of each element packed, as streams/arrangements.ts makes them of drawn values. The states of a block's lanes
 * come from the library; lattice24.test.ts compares the words with the library's.
 */
#ifndef LATTICE24_H
#define LATTICE24_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define LANES 8
/* A block is 65,536 elements, 16 a step. */
#define BLOCK_STEPS 4096
/* 16 elements of 24 bits. */
#define STEP_WORDS 12

typedef struct {
  uint64_t s0, s1;
} Lane;

typedef struct {
  /* Of the block's first step, and of the next step. */
  Lane begin[LANES], now[LANES];
  /* The jump from a lane to the same lane of the next block, as a polynomial: the coefficients of x^0 to x^63, then the others. */
  uint64_t jump[2];
  int steps_left;
} Lattice24;

#define LATTICE24_NUMBERS (2 * LANES + 2)

/*
 * Reads 18 numbers of 16 hexadecimal digits each, without anything between: s0 and s1 of each lane of the first block, then the jump's
 * coefficients. Returns whether they are all there.
 */
static int lattice24_open(Lattice24 *lattice, const char *hex) {
  uint64_t numbers[LATTICE24_NUMBERS];
  if (strlen(hex) != 16 * LATTICE24_NUMBERS) return 0;
  for (int i = 0; i < LATTICE24_NUMBERS; i++) {
    char digits[17] = {0};
    memcpy(digits, hex + 16 * i, 16);
    unsigned long long number;
    if (sscanf(digits, "%16llx", &number) != 1) return 0;
    numbers[i] = number;
  }
  for (int l = 0; l < LANES; l++) lattice->begin[l] = (Lane){numbers[2 * l], numbers[2 * l + 1]};
  memcpy(lattice->now, lattice->begin, sizeof lattice->now);
  memcpy(lattice->jump, numbers + 2 * LANES, sizeof lattice->jump);
  lattice->steps_left = BLOCK_STEPS;
  return 1;
}

static inline uint64_t rotate_left(uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }

/* xoroshiro128+ with the constants 24, 16, 37. */
static inline void step_lane(Lane *lane) {
  uint64_t mixed = lane->s1 ^ lane->s0;
  lane->s0 = rotate_left(lane->s0, 24) ^ mixed ^ (mixed << 16);
  lane->s1 = rotate_left(mixed, 37);
}

/* The sum of the states after those steps whose coefficient is 1. */
static Lane jump_lane(Lane lane, const uint64_t jump[2]) {
  Lane sum = {0, 0};
  for (int i = 0; i < 128; i++) {
    if ((jump[i / 64] >> (i % 64)) & 1) {
      sum.s0 ^= lane.s0;
      sum.s1 ^= lane.s1;
    }
    step_lane(&lane);
  }
  return sum;
}

static void next_block(Lattice24 *lattice) {
  for (int l = 0; l < LANES; l++) lattice->begin[l] = jump_lane(lattice->begin[l], lattice->jump);
  memcpy(lattice->now, lattice->begin, sizeof lattice->now);
  lattice->steps_left = BLOCK_STEPS;
}

/* The lattice point of a 32-bit word, counted from the lowest. */
static inline uint32_t point_of(uint32_t word) { return (word ^ 0x80000000u) >> 8; }

/* Writes STEP_WORDS words for each of `steps` steps. */
static void lattice24_fill(Lattice24 *lattice, uint32_t *out, int steps) {
  for (int step = 0; step < steps; step++) {
    if (lattice->steps_left == 0) next_block(lattice);
    lattice->steps_left--;
    uint64_t outputs[LANES];
    for (int l = 0; l < LANES; l++) {
      outputs[l] = lattice->now[l].s0 + lattice->now[l].s1;
      step_lane(&lattice->now[l]);
    }
    for (int l = 0; l < LANES; l += 2, out += 3) {
      uint32_t a = point_of((uint32_t)outputs[l]), b = point_of((uint32_t)(outputs[l] >> 32));
      uint32_t c = point_of((uint32_t)outputs[l + 1]), d = point_of((uint32_t)(outputs[l + 1] >> 32));
      out[0] = a << 8 | b >> 16;
      out[1] = b << 16 | c >> 8;
      out[2] = c << 24 | d;
    }
  }
}

#endif
