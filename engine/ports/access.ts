import type { Actor, CommandContext } from './actors.ts'
import type { EventPayload } from './events.ts'
import type { Page, PageRequest } from './pages.ts'

export const scopes = ['read', 'operate', 'approve', 'admin'] as const

export type Scope = (typeof scopes)[number]

export interface ApiToken {
  readonly id: string
  /** Of the bot that runs beside the API: made by Godwit itself, and renewed as long as it runs. */
  readonly isBuiltIn: boolean
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
  readonly revokedAt: Date | null
}

export interface NewApiToken {
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly expiresAt?: Date
}

export interface TokenStore {
  /** The secret is in the answer and nowhere else. A repetition by idempotency key answers with a null secret. */
  create(
    input: NewApiToken,
    context: CommandContext,
  ): Promise<{ readonly token: ApiToken; readonly secret: string | null }>
  revoke(id: string, context: CommandContext): Promise<ApiToken>
  list(page: PageRequest): Promise<Page<ApiToken>>
  /** @throws GodwitError UNAUTHENTICATED, TOKEN_EXPIRED */
  authenticate(presented: string): Promise<ApiToken>
  /** On an empty control database: makes the first admin token, of the given secret or a new one; else null. */
  createFirstAdmin(chosen?: string): Promise<string | null>
  /**
   * Lets the bot in that runs beside the API, for ten minutes from now, with the scope `admin`. The token is one and the
   * same for all processes and over restarts, for idempotency keys belong to a token; without who renews it, it expires.
   * Resolves with what the bot presents.
   */
  admitBot(secret: string): Promise<string>
}

export interface AuditEntry {
  readonly id: string
  readonly at: Date
  readonly actor: Actor
  readonly operation: string
  /** Id of what was changed; null when nothing was. */
  readonly subjectId: string | null
  readonly details: EventPayload
}

export interface AuditLog {
  list(page: PageRequest): Promise<Page<AuditEntry>>
}
