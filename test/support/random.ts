/** A seeded source of chance, so that a failed run can be repeated. */
export interface Random {
  readonly seed: number
  /** 0 ≤ x < 1 */
  next(): number
  /** A whole number, both ends included. */
  between(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  /** One of its own, for a part that runs beside others. */
  fork(salt: number): Random
}

/** The seed of this run: TEST_SEED, or a new one. It is printed, so that TEST_SEED can repeat the run. */
export function chooseSeed(): number {
  const given = process.env.TEST_SEED
  const seed = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number.parseInt(given, 10)
  process.stdout.write(`seed ${seed} (repeat with TEST_SEED=${seed})\n`)
  return seed
}

/** Mulberry32: small, fast, and good enough to choose what a test does next. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return {
    seed,
    next,
    between,
    chance: (probability) => next() < probability,
    pick: (items) => items[between(0, items.length - 1)]!,
    fork: (salt) => seededRandom((Math.imul(seed, 31) + salt) >>> 0),
  }
}
