import { randomBytes } from 'node:crypto'

/** Ids as Slack writes them: a letter that says what it is, and a number in base 36. They never repeat in a simulator. */
export class Ids {
  #last = 36 ** 7

  next(letter: string): string {
    this.#last += 1
    return `${letter}${this.#last.toString(36).toUpperCase()}`
  }

  /** What nobody can guess: for tokens, secrets, URLs. */
  secret(): string {
    return randomBytes(12).toString('hex')
  }
}
