/**
 * Text that people have chosen, as Markdown that shows it and does nothing else. One line: a new one could begin a
 * heading.
 * @see https://spec.commonmark.org/0.31.2/#backslash-escapes
 */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_{}[\]()<>#+!|~&$@]/g, String.raw`\$&`)
    .trim()
    .replace(/^[-=:]|^\d+(?=\.)/, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`))
}

/** Cells are Markdown already. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Fenced by more backticks than any line has, so that nothing inside ends it. */
export function codeBlock(language: string, lines: readonly string[]): string {
  const longest = Math.max(
    2,
    ...(lines
      .join('\n')
      .match(/`+/g)
      ?.map((run) => run.length) ?? []),
  )
  const marks = '`'.repeat(longest + 1)
  return [`${marks}${language}`, ...lines, marks].join('\n')
}

/** A duration to its leading digits. */
export function formatMs(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 60) return `${minutes} min ${Math.round((ms % 60_000) / 1_000)} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
