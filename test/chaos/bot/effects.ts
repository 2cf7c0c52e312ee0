import type { BotTown } from '../../support/bot.ts'
import type { Deed, Prepared } from './deeds.ts'

/** What has become of a deed. */
export interface Effects {
  /** What the audit log says of its migration, oldest first. */
  readonly done: readonly string[]
  /** Of the migration, and of its cutover plan if there is one. */
  readonly status: string
  /** How often everyone in the channel reads of it. */
  readonly said: number
  /** Deliveries that were ever written down. */
  readonly noted: number
  /** Those of them that are not done. */
  readonly waiting: number
}

/** Several things are done to the same migration. */
export function since(past: Effects, now: Effects): Effects {
  const { done, said, noted } = now
  return { ...now, done: done.slice(past.done.length), said: said - past.said, noted: noted - past.noted }
}

export async function effectsOf(
  { api, slack, channel }: BotTown,
  { says }: Pick<Deed, 'says'>,
  subject: Prepared['subject'],
): Promise<Effects> {
  const migration = await subject()
  const { rows: entries } = await api.database.query<{ operation: string }>(
    'select operation from godwit_control.audit where subject_id = $1 order by at, id',
    [migration?.id ?? null],
  )
  const { rows: statuses } = await api.database.query<{ status: string }>(
    `select concat_ws(', plan ', m.status,
       (select p.status from godwit_control.cutover_plans p where p.migration_id = m.id order by p.id desc limit 1)) as status
     from godwit_control.migrations m where m.id = $1`,
    [migration?.id ?? null],
  )
  const { rows: inbox } = await api.database.query<Pick<Effects, 'noted' | 'waiting'>>(
    `select count(*)::int as noted, count(*) filter (where value ->> 'state' = 'waiting')::int as waiting
     from godwit_control.bot_records where namespace = 'slack' and key like 'inbox/%'`,
  )
  const isAboutIt = ({ text }: { readonly text: string }) =>
    migration !== null && says !== null && text.includes(`(${migration.shortId})`) && text.includes(says)
  return {
    done: entries.map(({ operation }) => operation),
    status: statuses[0]?.status ?? 'none',
    said: slack.messages(channel).filter(isAboutIt).length,
    noted: inbox[0]?.noted ?? 0,
    waiting: inbox[0]?.waiting ?? 0,
  }
}

/** What was not acknowledged, and is not done again, may not have come at all: then it is not waited for. */
export function isSettled(
  { operations, says }: Pick<Deed, 'operations' | 'says'>,
  { done, said, waiting }: Effects,
  mustBeDone = true,
): boolean {
  const isDone = done.length >= operations.length && (says === null || said > 0)
  return waiting === 0 && (!mustBeDone || isDone)
}

/** For who reads of a failure. */
export function toldLast({ slack, maya }: BotTown): string {
  return JSON.stringify(
    slack
      .ephemerals(maya)
      .slice(-2)
      .map(({ text }) => text),
  )
}
