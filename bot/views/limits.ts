/**
 * What Slack takes at most, in characters as JavaScript counts them unless the name says otherwise.
 * @see https://docs.slack.dev/reference/block-kit
 */
export const limits = {
  text: 3000,
  sectionField: 2000,
  header: 150,
  contextElements: 10,
  buttonText: 75,
  buttonValue: 2000,
  optionText: 75,
  optionValue: 75,
  overflowOptions: 5,
  selectOptions: 100,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  modalTitle: 24,
  placeholder: 150,
  inputLength: 3000,
  privateMetadata: 3000,
  chartCategories: 20,
  chartLabel: 20,
  chartTitle: 50,
} as const

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The beginning of `text`, with an ellipsis when something is missing; never a part of what is seen as one letter. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text
  let kept = ''
  // More than this cannot fit, however short the letters are.
  for (const { segment } of graphemes.segment(text.slice(0, max + 1))) {
    if (kept.length + segment.length > max - 1) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

/** Beginning and end of `text`, for names that begin alike; never a part of what is seen as one letter. */
export function cutWithin(text: string, max: number): string {
  if (text.length <= max) return text
  const beginning = cut(text, Math.ceil(max / 2))
  let end = ''
  for (const { segment } of [...graphemes.segment(text.slice(-max))].toReversed()) {
    if (beginning.length + end.length + segment.length > max) break
    end = segment + end
  }
  return beginning + end
}
