/** How much one operation, and one token, may ask for. */
export interface Limits {
  /** Fields nested in one another. The introspection query of common tools needs 15. */
  readonly maxDepth: number
  readonly maxAliases: number
  /** Lexical tokens of the query text. The time that validation takes can grow with their square. */
  readonly maxTokens: number
  /** Points: about one per field, times the size of the lists it is in. */
  readonly maxComplexity: number
  readonly maxBodyBytes: number
  readonly operationsPerSecond: number
  /** Operations that may come at once after a quiet time. */
  readonly operationBurst: number
  readonly maxSubscriptionsPerToken: number
}

export const defaultLimits: Limits = {
  maxDepth: 16,
  maxAliases: 30,
  maxTokens: 1000,
  maxComplexity: 20_000,
  maxBodyBytes: 1_000_000,
  operationsPerSecond: 50,
  operationBurst: 300,
  maxSubscriptionsPerToken: 100,
}
