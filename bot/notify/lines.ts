/** Those who go one after another, by what they have in common. */
export class Lines {
  readonly #tails = new Map<string, Promise<unknown>>()

  /**
   * Stands behind those who have come before. Resolves when all of them are done; none of the promises may reject.
   * @param done when this one does not hold up those behind it any more
   */
  join(key: string, done: Promise<void>): Promise<void> {
    const before = this.#tails.get(key) ?? Promise.resolve()
    const tail = Promise.all([before, done]).finally(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
    })
    this.#tails.set(key, tail)
    return before.then(() => undefined)
  }
}
