import { sql } from 'drizzle-orm'
import type { ControlDatabase } from '../control-database.ts'
import { apiTokens } from '../schema/index.ts'
import { systemActor } from './actor.ts'
import { appendAudit } from './append-audit.ts'
import { formatToken, hashTokenSecret } from './token-text.ts'

/** Always the same, for what the bot has done is known by its token. */
export const botTokenId = '00000000-0000-7000-8000-00000000b071'

const name = 'slack-bot'
const scopes = ['admin'] as const

/** Longer than a renewal may be late; short enough that a bot that was taken away is out soon. */
const lifetime = sql`clock_timestamp() + interval '10 minutes'`

export async function admitBot(database: ControlDatabase, secret: string): Promise<string> {
  await database.transaction(async (transaction) => {
    const renewed = {
      name,
      scopes,
      secretHash: hashTokenSecret(secret),
      expiresAt: lifetime,
      revokedAt: null,
    }
    const [row] = await transaction
      .insert(apiTokens)
      .values({ id: botTokenId, ...renewed })
      .onConflictDoUpdate({ target: apiTokens.id, set: renewed })
      .returning({ isNew: sql<boolean>`xmax = 0` })
    if (row?.isNew !== true) return
    await appendAudit(transaction, {
      actor: systemActor,
      operation: 'token.admitBot',
      subjectId: botTokenId,
      details: { name, scopes: [...scopes] },
    })
  })
  return formatToken(botTokenId, secret)
}
