import fc from 'fast-check'

/** What people who name things can think of. */
export const hostileTexts: Readonly<Record<string, string>> = {
  'a broadcast': '<!channel> <@U012AB3CD> <!subteam^S012AB3CD> <#C012AB3CD>',
  'a link': '<https://evil.example|Approve here> https://evil.example',
  formatting: '*bold* _italic_ ~struck~ `code` ```block``` > quote',
  'an emoji': ':tada: 🎉 👩‍👩‍👧‍👦 🇩🇪',
  '255 characters': 'orders_'.repeat(37).slice(0, 255),
  '255 emoji': '👩🏽‍🚀'.repeat(255),
  'right to left': '\u202Eevil\u202C מסד הנתונים قاعدة البيانات',
  'lines and controls': 'first\nsecond\r\n\t\u0000> third\u2028fourth',
  'entities and halves': '&lt;!channel&gt; & \uD83D < >',
  'nothing to see': '\u200B \uFEFF',
}

const marks = [
  '<',
  '>',
  '&',
  '|',
  '*',
  '_',
  '~',
  '`',
  '```',
  ':',
  '!',
  '@',
  '#',
  '^',
  '\n',
  ' ',
  '"',
  '\\',
  '%',
  '{',
  '}',
]
const unseen = ['\u202E', '\u2066', '\u200B', '\uD83D']
const words = ['<!channel>', '<@U1>', ':tada:', '👩‍👩‍👧‍👦', 'é', 'e\u0301', 'א', 'a', '9']
const hostilePiece = fc.constantFrom(...marks, ...unseen, ...words)

/** Anything, and above all what means something to Slack. */
export const hostileText = fc.oneof(
  fc.array(hostilePiece, { maxLength: 300 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(...Object.values(hostileTexts)),
)

/** Fields that people and databases fill in. */
const given = new Set(
  (
    'name message remedy reason detail title statements note what text database host user person people ' +
    'onBehalfOf requestedBy executedBy resolution rule voidReason schema table toSchema toTable check acceptedWarnings code'
  ).split(' '),
)

/** The same data, with all that people and databases have filled in replaced. */
export function withTexts<T>(data: T, text: string): T {
  const copy: T = JSON.parse(JSON.stringify(data), function (this: unknown, key, value: unknown) {
    if (typeof value === 'string' && given.has(key) && !isStep(this)) return text
    if (Array.isArray(value) && given.has(key))
      return value.map((each: unknown) => (typeof each === 'string' ? text : each))
    return value
  })
  return copy
}

function isStep(holder: unknown): boolean {
  return (
    typeof holder === 'object' &&
    holder !== null &&
    'name' in holder &&
    ('startedAt' in holder || 'duration' in holder)
  )
}
