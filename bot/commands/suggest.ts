import { type Verb, verbNames } from './verbs.ts'

/** The verb that was most likely meant; undefined when none is near. */
export function suggestVerb(word: string): Verb | undefined {
  const typed = word.toLowerCase()
  const beginsWith = verbNames.filter((verb) => typed.length >= 2 && verb.startsWith(typed))
  if (beginsWith.length === 1) return beginsWith[0]
  const [nearest] = verbNames
    .map((verb) => ({ verb, distance: editDistance(typed, verb) }))
    .filter(({ verb, distance }) => distance <= (verb.length <= 4 ? 1 : 2))
    .sort((a, b) => a.distance - b.distance)
  return nearest?.verb
}

/** How many letters to add, take away, replace, or swap with their neighbours. */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from.charAt(row - 1) === to.charAt(column - 1)
      const isSwap =
        row > 1 &&
        column > 1 &&
        from.charAt(row - 1) === to.charAt(column - 2) &&
        from.charAt(row - 2) === to.charAt(column - 1)
      const ways = [
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (isSame ? 0 : 1),
        ...(isSwap ? [at(beforeLast, column - 2) + 1] : []),
      ]
      current.push(Math.min(...ways))
    }
    beforeLast = last
    last = current
  }
  return at(last, to.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? 0
}
