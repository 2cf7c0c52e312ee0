/**
 * What was typed behind a slash command, as words. Quotes keep words together, also those that a keyboard has made
 * typographic. What Slack has escaped or made a link of becomes again what the person typed, but for people, channels and
 * groups, which become their ids.
 */
export function parseWords(typed: string): readonly string[] {
  return splitWords(decodeSlack(typed))
}

/**
 * As the person typed it.
 * @see https://docs.slack.dev/messaging/formatting-message-text/#escaping
 */
export function decodeSlack(text: string): string {
  return text
    .replaceAll(/<([@#!])([^<>|]*)(?:\|([^<>]*))?>/g, (_whole, sign: string, id: string, label?: string) =>
      sign === '!' ? ofSpecial(id, label) : id,
    )
    .replaceAll(/<([^<>|]*)(?:\|([^<>]*))?>/g, (_whole, url: string, label?: string) => label ?? url)
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

/** Such as `subteam^S012`, `here` and `date^…`. */
function ofSpecial(id: string, label: string | undefined): string {
  const group = /^subteam\^(\w+)/.exec(id)?.[1]
  return group ?? label ?? id
}

const closingOf: Readonly<Record<string, string>> = {
  '"': '"“”„',
  '“': '”“"',
  '”': '”“"',
  '„': '“”"',
  '«': '»',
  '»': '«',
  "'": "'‘’",
  '‘': "’‘'",
  '’': "’'",
}

/** A quote opens at the beginning of a word only, so that it’s and O'Brien stay as they are. */
function splitWords(text: string): string[] {
  const words: string[] = []
  let rest = text.trim()
  while (rest !== '') {
    const quoted = readQuoted(rest)
    const word = quoted?.word ?? /^\S+/u.exec(rest)?.[0] ?? rest
    words.push(word)
    rest = rest.slice(quoted?.length ?? word.length).trimStart()
  }
  return words
}

/** Undefined where no quotes begin, or where they do not end. */
function readQuoted(text: string): { readonly word: string; readonly length: number } | undefined {
  const closing = closingOf[text.charAt(0)]
  if (closing === undefined) return undefined
  for (let end = 1; end < text.length; end += 1) {
    const endsWord = end + 1 === text.length || /\s/u.test(text.charAt(end + 1))
    if (closing.includes(text.charAt(end)) && endsWord)
      return { word: text.slice(1, end).trim(), length: end + 1 }
  }
  return undefined
}
