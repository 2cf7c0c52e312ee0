import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { Migration } from '../../../engine/index.ts'
import {
  alice,
  createEndpoint,
  createMigration,
  makeFollowing,
  planCutover,
  reread,
} from '../../db/fixtures.ts'
import type { BotTown } from '../../support/bot.ts'
import type { TestMigration } from '../../support/control.ts'
import type { Slack } from '../../support/slack/index.ts'

type Interaction = Awaited<ReturnType<ReturnType<Slack['as']>['type']>>
type Subject = Pick<Migration, 'id' | 'shortId'>

/** Something that a person does, ready to be done. */
export interface Prepared {
  /** The last step, from which on the bot may die. */
  readonly act: () => Promise<Interaction | undefined>
  /** Null until it has been made. */
  readonly subject: () => Promise<Subject | null>
}

export interface Deed {
  readonly name: string
  /** What the audit log then says of its migration, besides what it said before. */
  readonly operations: readonly string[]
  /** Of the migration, and of its cutover plan if there is one, when it is done. */
  readonly status: string
  /** What everyone in the channel reads of it, beside the id of the migration; null where only the person is answered. */
  readonly says: string | null
  /** Who was told that it did not arrive does it again. What is typed would then be meant twice. */
  readonly isDoneAgain: boolean
  /** About how many requests the bot makes for it. */
  readonly requests: number
  readonly prepare: (town: ChaosTown) => Promise<Prepared>
}

/** With a migration between real databases that follows its source. */
export interface ChaosTown extends BotTown {
  readonly following: TestMigration
}

type Traits = Pick<Deed, 'name' | 'status' | 'says' | 'requests'> & { readonly operation: string }

/** With a migration that is there before. */
function deed(
  { operation, ...traits }: Traits,
  prepare: (town: ChaosTown) => Promise<Pick<Prepared, 'act'> & { readonly migration: Subject }>,
): Deed {
  return {
    ...traits,
    operations: [operation],
    isDoneAgain: true,
    prepare: async (town) => {
      const { migration, act } = await prepare(town)
      return { act, subject: () => Promise.resolve(migration) }
    },
  }
}

const command: Deed = {
  ...deed(
    { name: 'a command', operation: 'migration.verify', status: 'VERIFYING', says: 'verified', requests: 10 },
    async ({ api, slack, maya, channel }) => {
      const migration = await createMigration(api.stores)
      return { migration, act: () => slack.as(maya).type(channel, `/migrate verify ${migration.shortId}`) }
    },
  ),
  isDoneAgain: false,
}

const click = deed(
  { name: 'a click', operation: 'migration.verify', status: 'VERIFYING', says: 'verified', requests: 8 },
  async (town) => {
    const { api, slack, maya } = town
    const migration = await createMigration(api.stores)
    const card = await ask(town, `/migrate status ${migration.shortId}`, migration)
    return { migration, act: () => slack.as(maya).click(card, 'Verify') }
  },
)

const submission = deed(
  {
    name: 'a submission',
    operation: 'migration.cancel',
    status: 'CANCELLED',
    says: 'cancelled',
    requests: 8,
  },
  async (town) => {
    const { api, slack, maya } = town
    const migration = await createMigration(api.stores)
    const modal = await openModal(town, `/migrate cancel ${migration.shortId}`, 'cancel')
    const target = await api.stores.endpoints.find(migration.targetId)
    return { migration, act: () => slack.as(maya).submit(modal, { 'typed-name': target?.name ?? '' }) }
  },
)

const plan = deed(
  {
    name: 'a plan',
    operation: 'migration.planCutover',
    status: 'RUNNING, plan APPROVED',
    says: 'has planned',
    requests: 8,
  },
  async (town) => {
    const { following: migration, slack, maya } = town
    const modal = await openModal(town, `/migrate cutover ${migration.shortId}`, 'plan-cutover')
    return { migration, act: () => slack.as(maya).submit(modal) }
  },
)

const approval = deed(
  {
    name: 'an approval',
    operation: 'migration.approveCutover',
    status: 'RUNNING, plan APPROVED',
    says: null,
    requests: 7,
  },
  async (town) => {
    const { slack, maya } = town
    const migration = await planFor(town, [maya.email])
    const card = await ask(town, `/migrate complete ${migration.shortId}`, migration)
    return { migration, act: () => slack.as(maya).click(card, 'Approve', { confirm: true }) }
  },
)

const rejection = deed(
  {
    name: 'a rejection',
    operation: 'migration.rejectCutover',
    status: 'RUNNING, plan REJECTED',
    says: null,
    requests: 7,
  },
  async (town) => {
    const { slack, maya } = town
    const migration = await planFor(town, [maya.email])
    const card = await ask(town, `/migrate complete ${migration.shortId}`, migration)
    await closeModals(town)
    await slack.as(maya).click(card, 'Reject…')
    const modal = await modalOf(town, 'reject')
    return { migration, act: () => slack.as(maya).submit(modal, { reason: 'Not on a Friday.' }) }
  },
)

const cutover = deed(
  {
    name: 'a cutover',
    operation: 'migration.complete',
    status: 'COMPLETING, plan EXECUTING',
    says: 'has begun',
    requests: 8,
  },
  async (town) => {
    const { slack, maya } = town
    const migration = await planFor(town, [])
    const card = await ask(town, `/migrate complete ${migration.shortId}`, migration)
    return { migration, act: () => slack.as(maya).click(card, 'Complete now…', { confirm: true }) }
  },
)

const newMigration: Deed = {
  name: 'a new migration',
  operations: ['migration.create', 'migration.verify'],
  status: 'VERIFYING',
  says: 'which is verified now',
  isDoneAgain: true,
  requests: 16,
  prepare: async (town) => {
    const { api, slack, maya } = town
    const id = randomBytes(4).toString('hex')
    const source = await createEndpoint(api.stores, `from-${id}`)
    const target = await createEndpoint(api.stores, `to-${id}`)
    const modal = await openModal(town, `/migrate new ${source.name} ${target.name}`, 'new-migration')
    const subject = async () => {
      const { rows: made } = await api.database.query<Subject>(
        'select id, short_id as "shortId" from godwit_control.migrations where source_id = $1',
        [source.id],
      )
      expect(made.length).toBeLessThanOrEqual(1)
      return made[0] ?? null
    }
    return { act: () => slack.as(maya).submit(modal), subject }
  },
}

export const deeds: readonly Deed[] = [
  command,
  click,
  submission,
  plan,
  approval,
  rejection,
  cutover,
  newMigration,
]

/** Types a command, and waits for the answer, for the eyes of maya, that is about the migration. */
async function ask({ slack, maya, channel }: BotTown, text: string, { shortId }: Subject) {
  await slack.as(maya).type(channel, text)
  return slack.waitForMessage(
    ({ ephemeralTo, blocks }) => ephemeralTo === maya.id && JSON.stringify(blocks).includes(shortId),
  )
}

async function openModal(town: BotTown, text: string, id: string) {
  await closeModals(town)
  await town.slack.as(town.maya).type(town.channel, text)
  return modalOf(town, id)
}

function modalOf({ slack, maya }: BotTown, id: string) {
  return slack.waitForModal(maya, ({ body }) => body.callback_id === `modal.${id}`)
}

/** One that was submitted to a bot that died may still be there. */
async function closeModals({ slack, maya }: BotTown) {
  if (slack.as(maya).modal() !== undefined) await slack.as(maya).closeModal({ all: true })
}

/** A migration whose cutover is planned, by somebody else; these people must approve it. */
async function planFor({ api }: BotTown, people: readonly string[]): Promise<Migration> {
  const { migration } = await makeFollowing(api.stores)
  const { shortId, sourceId } = migration
  const rule = { name: `rule-${shortId}`, required: 1, people, groups: [], endpointId: sourceId, tag: null }
  if (people.length > 0) await api.stores.approvalRules.create(rule, alice)
  await planCutover(api.stores, await reread(api.stores, migration))
  return migration
}
