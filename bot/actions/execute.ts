import { called, change, changes, chooseMigration, done } from '../migrations/index.ts'
import type { ActionHandler } from '../registry.ts'
import { mrkdwn } from '../views/mrkdwn.ts'
import { tellOthers } from './act.ts'
import { readButton } from './button.ts'

/** Executes the plan that was approved: the last click before writers wait. */
export const execute: ActionHandler = {
  async run(turn, action) {
    const read = await readButton(turn, action)
    const migration = read === null ? null : await chooseMigration(turn, read.m)
    if (read === null || migration === null) return
    const input = {
      id: migration.shortId,
      planDigest: read.d ?? '',
      idempotencyKey: turn.deliveryKey,
      ...(read.v !== undefined && { expectedVersion: read.v }),
      // Without a fence, the question that was answered says so.
      ...(migration.cutoverPlan?.options.fencing === 'NONE' && { writesStopped: true }),
    }
    const changed = await change(turn, migration.shortId, () => changes.complete(turn.api, input))
    if (changed === null) return
    await tellOthers(
      turn,
      action,
      done(turn.person.name, mrkdwn`has begun the cutover of ${called(changed)}`),
    )
  },
}
