import { movesStructure, passed, warning, type Check, type ServersContext } from '../check.ts'

export const collation: Check<ServersContext> = {
  name: 'collation',
  title: 'Collation of source and target',
  concerns: movesStructure,
  async run({ source, target }) {
    const from = source.facts.collation
    const to = target.facts.collation
    if (normalize(from) === normalize(to)) return await Promise.resolve(passed(`Both are ${to}.`))
    return warning(`Text is sorted by ${from} on the source and by ${to} on the target.`, {
      remedy:
        'Accept this if the order of text does not matter to the applications, nor to partitions by ranges of text; ' +
        'else create the database of the target with the collation of the source.',
    })
  },
}

/** en_US.UTF-8 and en_US.utf8 are one. */
function normalize(name: string): string {
  return name.toLowerCase().replaceAll('-', '')
}
