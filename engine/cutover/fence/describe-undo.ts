import type { SourceFence } from '../../ports/fence.ts'

/** The statements that take a fence away, to be read by people. */
export function describeUndo({ undo }: Pick<SourceFence, 'undo'>): string {
  return undo.map((statement) => `${statement};`).join(' ')
}
