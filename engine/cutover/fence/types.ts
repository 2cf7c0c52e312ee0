/** How others are kept from writing: NONE has nothing to raise. */
export type FenceMode = 'READ_ONLY' | 'BLOCK_CONNECTIONS'

/** What raises a fence, and what takes it away again, whoever runs it and however often. */
export interface FenceStatements {
  readonly mode: FenceMode
  readonly raise: readonly string[]
  /** Leads back to what was there before. Kept outside before anything is raised. */
  readonly undo: readonly string[]
  /** By the source's clock, as text: sessions that began later may have begun under the fence. */
  readonly sourceTime: string
}
