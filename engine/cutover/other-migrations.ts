import type { CutoverWarning, Fencing, OtherMigration } from '../ports/index.ts'

const namedMigrations = 5

/** What a fence does to others that read from the same source. Nothing for fencing NONE. */
export function warnOfOthers(others: readonly OtherMigration[], fencing: Fencing): readonly CutoverWarning[] {
  if (fencing === 'NONE' || others.length === 0) return []
  const named = others
    .slice(0, namedMigrations)
    .map(({ shortId, name, status }) => `${shortId} (${name}, ${status})`)
  const more = others.length - named.length
  return [
    {
      code: 'OTHER_MIGRATIONS',
      message:
        `Other migrations read from the same source: ${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}. ` +
        'The fence ends their sessions, so a full copy starts over; and writers stay shut out after the completion.',
      remedy: 'Complete them first, or let this one wait until their full copies are done.',
    },
  ]
}
