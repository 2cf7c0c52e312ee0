import { randomInt } from 'node:crypto'

/** Without letters and digits that people take for each other. */
const alphabet = '23456789abcdefghjkmnpqrstuvwxyz'
const shortest = 4

/** A short id for people, such as `m-7f3k`. `attempt` counts collisions so far: after a few, ids grow longer. */
export function makeShortId(attempt: number): string {
  const length = shortest + Math.floor(attempt / 3)
  return `m-${Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')}`
}

/** Whether the text has the form of a short id. */
export function isShortId(text: string): boolean {
  return /^m-[0-9a-z]{4,16}$/.test(text)
}
