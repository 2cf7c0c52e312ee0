/**
 * How long people wait for the bot: from a click to what they see of it, while many migrations make progress; and from an
 * alarm to its message while Slack answers progress with 429. API and bot are one program, as `npm start` runs them; Slack
 * waits three seconds to be answered, as ever. Ends with 1 when a target is missed.
 *
 *     node test/bench/bot.ts [migrations, 50 by default] [clicks of each kind, 60 by default]
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { evaluate } from '../db/alarms.ts'
import type { Interaction, Message } from '../support/slack/index.ts'
import { cardOf, makeProgress, openBotScene, planCutovers, type Subject } from './bot-scene.ts'

const nameWidth = 38
const missed: string[] = []
const [migrations = 50, clicks = 60] = process.argv.slice(2).map(Number)
const print = (line: string) => process.stdout.write(`${line}\n`)

await using scene = await openBotScene(migrations)
const { slack, stores, maya, subjects } = scene
await using _progress = makeProgress(scene)
// What is paused makes no progress.
const channels = new Set<unknown>()
const [acting, watching] = [subjects.slice(0, subjects.length / 2), subjects.slice(subjects.length / 2)]
// Slack takes a message a second in a channel.
const oneOfEachChannel = watching.filter(({ channel }) => !channels.has(channel) && channels.add(channel))
// Of what is muted there is no alarm.
const others = watching.filter((each) => !oneOfEachChannel.includes(each)).filter((_, n) => n % 4 === 0)
print(`${migrations} migrations make progress, ${clicks} clicks of each kind`)
print(`${''.padEnd(nameWidth)}      p50      p95      max   target`)
const before = slack.calls.length
const startedMs = performance.now()
report('Pause or Resume, to the card', await measure(clicks, acting, pauseOrResume), 500)
report('Show progress, to the answer', await measure(clicks, watching, showProgress), 500)
report('Mute alarms, to the modal', await measure(clicks, watching, openModal), 500)
report('/migrate status, to the answer', await measure(clicks, watching, askStatus), 500)
report('Mute in the modal, to the message', await measure(others.length, others, mute), 500)
const plans = await planCutovers(scene, watching)
report('Approve, to the message and the card', await measure(watching.length, watching, approve), 500)
const calls = (slack.calls.length - before) / ((performance.now() - startedMs) / 1000)
await untilNothingIsPosted()
slack.faults.inject({ method: 'chat.update', answer: { kind: 'rate limited', retryAfterS: 30 } })
report('Alarm, with 429 for progress', await measure(oneOfEachChannel.length, oneOfEachChannel, alarm), 2_000)
print(`${calls.toFixed(0)} calls of Slack a second meanwhile`)
if (missed.length > 0) print(`missed: ${missed.join('; ')}`)
process.exitCode = missed.length > 0 ? 1 : 0

/** Slack takes a message a second in a channel: what waits for that already is not what is measured. */
async function untilNothingIsPosted(): Promise<void> {
  for (let posted = -1; posted !== slack.callsOf('chat.postMessage').length;) {
    posted = slack.callsOf('chat.postMessage').length
    await sleep(2_000)
  }
}

type Act = (subject: Subject, n: number) => Promise<number>

/** One after another, each about the next migration. */
async function measure(count: number, about: readonly Subject[], act: Act): Promise<number[]> {
  const taken: number[] = []
  for (let n = 0; n < count; n += 1) {
    const subject = about[n % about.length]
    if (subject !== undefined) taken.push(await act(subject, n))
  }
  return taken
}

/** The time from the click until there is what it leads to. */
async function timed(
  click: () => Promise<Interaction | void>,
  what: string,
  isThere: () => boolean,
): Promise<number> {
  const startedAt = performance.now()
  const clicked = click()
  await slack
    .until(what, () => isThere() || undefined)
    .catch((cause: unknown) => {
      const heard = slack.ephemerals(maya).map(({ text }) => text)
      throw new Error(`no ${what}; the person has heard: ${heard.join('; ')}`, { cause })
    })
  const tookMs = performance.now() - startedAt
  const interaction = await clicked
  if (interaction?.error !== undefined) throw new Error(`Slack told the person: ${interaction.error}`)
  return tookMs
}

function pauseOrResume(subject: Subject): Promise<number> {
  const [now, next] = shows(subject, 'Resume')
    ? (['Resume', 'Pause'] as const)
    : (['Pause', 'Resume'] as const)
  const card = cardOf(slack, subject)!
  return timed(
    () => slack.as(maya).click(card, now),
    `a card with ${next}`,
    () => shows(subject, next),
  )
}

function shows(subject: Subject, button: string): boolean {
  return JSON.stringify(cardOf(slack, subject)?.blocks).includes(`"text":"${button}"`)
}

function showProgress(subject: Subject): Promise<number> {
  const seen = slack.ephemerals(maya).length
  const card = cardOf(slack, subject)!
  return timed(
    () => slack.as(maya).select(card, 'migration.more', 'Progress'),
    'the progress',
    () => slack.ephemerals(maya).length > seen,
  )
}

async function openModal(subject: Subject): Promise<number> {
  const card = cardOf(slack, subject)!
  const tookMs = await timed(
    () => slack.as(maya).select(card, 'migration.more', 'Mute alarms…'),
    'a modal',
    () => slack.as(maya).modal() !== undefined,
  )
  await slack.as(maya).closeModal()
  return tookMs
}

function askStatus({ channel, migration: { shortId } }: Subject): Promise<number> {
  const seen = slack.ephemerals(maya).length
  return timed(
    () => slack.as(maya).type(channel, `/migrate status ${shortId}`),
    'the status',
    () => slack.ephemerals(maya).length > seen,
  )
}

/** Slack takes a message a second in a channel: one in each. */
async function mute(subject: Subject): Promise<number> {
  await slack.as(maya).select(cardOf(slack, subject)!, 'migration.more', 'Mute alarms…')
  const modal = await slack.waitForModal(maya)
  return timed(
    () => slack.as(maya).submit(modal, { Why: 'It is measured.' }),
    'a message',
    () => slack.messages(subject.channel).some(({ text }) => text.includes('has muted')),
  )
}

function approve(subject: Subject): Promise<number> {
  const plan = plans.get(subject)!
  const isApproved = (message: Message | undefined) =>
    JSON.stringify(message?.blocks).includes('"action_id":"cutover.execute"')
  return timed(
    () => slack.as(maya).click(plan, 'Approve', { confirm: true }),
    'an approved plan',
    () => isApproved(slack.message(plan)) && isApproved(cardOf(slack, subject)),
  )
}

async function alarm({ lease, channel }: Subject, n: number): Promise<number> {
  const message = `the disk is full, ${n}`
  const isThere = () =>
    slack.messages(channel).some(({ text, blocks }) => isAlarm(blocks) && text.includes(message))
  const fail = async () => {
    await stores.runs.report(lease, 'FAILED', {
      problem: { code: 'COPY_FAILED', message, remedy: 'Mend it.' },
    })
    await evaluate(stores)
  }
  return timed(fail, 'an alarm', isThere)
}

function isAlarm(blocks: readonly object[]): boolean {
  return blocks.some((block) => 'block_id' in block && block.block_id === 'alarm')
}

function report(name: string, taken: readonly number[], targetMs: number): void {
  const sorted = taken.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0
  const columns = [at(0.5), at(0.95), at(1)].map((ms) => `${ms.toFixed(0)} ms`.padStart(9))
  print(`${name.padEnd(nameWidth)}${columns.join('')}   p95 < ${targetMs} ms`)
  if (at(0.95) >= targetMs) missed.push(name)
}
