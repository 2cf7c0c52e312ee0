import { isObject, type Json } from '../../support/slack/json.ts'

/**
 * How often each mark that formats, links or mentions stands in the markup of a message. Other names must not change
 * it: then nothing of them is read as markup.
 */
export function markupSkeleton(value: Json): Readonly<Record<string, number>> {
  const markup = markupIn(value).join('\n')
  // Between two backticks only a third one means something.
  const prose = markup.replaceAll(/`[^`\n]*`/g, 'code')
  const count = (pattern: RegExp, text = prose) => [...text.matchAll(pattern)].length
  return {
    stars: count(/\*/g),
    ticks: count(/`/g, markup),
    tildes: count(/~/g),
    angles: count(/[<>]/g, markup),
    underscores: count(/(?<![A-Za-z0-9_])_|_(?![A-Za-z0-9_])/g),
    emoji: count(/:(?!(?:\d{1,2}|(?!1234)\d{4,5}):)[^\s:\u2060]+:/g),
    quotes: count(/^(?:>|&gt;)/gm),
    entities: count(/&(?!amp;|lt;|gt;)/g, markup),
    directions: count(/[\u202A-\u202E]/g),
  }
}

function markupIn(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each: Json) => markupIn(each))
  if (!isObject(value)) return []
  if (value.type === 'mrkdwn' && typeof value.text === 'string') return [value.text]
  return Object.values(value).flatMap((each) => (each === undefined ? [] : markupIn(each)))
}
