/** `npm run demo -- --slack`: the same servers and the same load, and people who move the shop from a simulated Slack. */
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { compareShops } from '../compare.ts'
import type { Display } from '../display/index.ts'
import { step } from '../display/step.ts'
import { createEndpoint } from '../endpoints.ts'
import { type GodwitProcess, startGodwit } from '../godwit-process.ts'
import { GraphqlClient } from '../graphql-client.ts'
import { startLoad } from '../load/index.ts'
import type { DemoOptions } from '../options.ts'
import { findingsOf, printComparison } from '../report.ts'
import { serveShop } from '../serve-shop.ts'
import { makeDemoDirectory, type DemoServers } from '../servers.ts'
import { followMigrations } from './follow.ts'
import { type DemoTown, startTown } from './town.ts'

/** What is up while people do what they like. */
interface Scene {
  readonly town: DemoTown
  readonly servers: DemoServers
  readonly godwit: GodwitProcess
  readonly display: Display
}

/**
 * Runs until `signal` is aborted, and removes everything that it made.
 * @param onFailure told of an error while everything is still up
 * @returns false when a completed migration has left a difference, or something has failed
 */
export async function runSlackDemo(
  options: DemoOptions,
  display: Display,
  onFailure: (error: unknown, godwit: GodwitProcess) => Promise<void>,
  signal: AbortSignal,
): Promise<boolean> {
  // First of all: a port that is taken is told before anything takes its time.
  await using town = await startTown(options.port)
  await using directory = await makeDemoDirectory()
  await using servers = await serveShop(
    { directory: directory.path, sizeMb: options.sizeMb, display },
    signal,
  )
  await using godwit = await step(
    display,
    'Starting Godwit with its Slack bot',
    () => startGodwit({ directory: directory.path, workers: options.workers, slack: town.settings }, signal),
    ({ graphqlUrl }) => `Godwit with its Slack bot, at ${graphqlUrl}`,
  )
  const scene = { town, servers, godwit, display }
  try {
    return await letPeopleMove(scene, options.rate, AbortSignal.any([signal, godwit.died]))
  } catch (error) {
    if (signal.aborted) throw error
    await onFailure(error, godwit)
    return false
  } finally {
    display.print([['dim', 'Stopping everything and removing it']])
  }
}

async function letPeopleMove(scene: Scene, rate: number, signal: AbortSignal): Promise<boolean> {
  const { town, servers, godwit, display } = scene
  const client = new GraphqlClient({ url: godwit.graphqlUrl, token: godwit.token })
  await createEndpoint(client, 'shop on 15', servers.source, signal)
  await createEndpoint(client, 'shop on 18', servers.target, signal)
  await requireApproval(client, town.approver, signal)
  await connectSlack(town, godwit, signal)
  await using load = await startLoad({ url: servers.source.url, rate })
  // When they cut over is up to them.
  load.expectFence()
  display.print(['  ', ['green', '✓'], ` Write load of ${rate} transactions a second`])
  printWhatToDo(display, town)

  const onEvent = (message: string) => display.print(['    ', ['dim', message]])
  const completed = await followMigrations({ client, onEvent }, signal)
  await load.stop()
  if (!completed.isWhole) {
    display.print(['  Nothing is compared: it was not the whole shop with all its changes that was moved.'])
    return await untilStopped(display, true, signal)
  }
  const compared = await compareShops({ servers, load, display })
  printComparison(display, compared)
  return await untilStopped(display, findingsOf(compared).length === 0, signal)
}

/** Ben approves each cutover that he has not planned himself. */
async function requireApproval(client: GraphqlClient, approver: string, signal: AbortSignal): Promise<void> {
  await client.mutate(
    {
      name: 'createApprovalRule',
      input: { name: 'the database team', required: 1, people: [approver] },
      fields: 'rule { name }',
      payload: z.object({ rule: z.object({ name: z.string() }) }),
    },
    signal,
  )
}

const betweenTriesMs = 50

/** Enters the request URL, as an admin does, as soon as the bot answers there. */
async function connectSlack(
  { slack }: DemoTown,
  { graphqlUrl }: GodwitProcess,
  signal: AbortSignal,
): Promise<void> {
  slack.deliverTo(new URL('/slack/events', graphqlUrl).href)
  while (!(await slack.verifyRequestUrl())) await delay(betweenTriesMs, undefined, { signal })
}

function printWhatToDo(display: Display, { page }: DemoTown): void {
  display.print([])
  display.print([
    '  1. Open ',
    ['bold', page.url],
    ' in a browser. You are Maya, and may become Ben or Olga on the left.',
  ])
  display.print([
    '  2. Type ',
    ['bold', '/migrate new'],
    ', choose from "shop on 15" to "shop on 18", then use the buttons of its card.',
  ])
  display.print([
    '  3. When the cutover waits for approval, become ',
    ['bold', 'Ben'],
    ' and approve it. Ctrl-C ends everything.',
  ])
  display.print([])
}

async function untilStopped(display: Display, isEqual: boolean, signal: AbortSignal): Promise<boolean> {
  display.print(['  Everything stays up until Ctrl-C.'])
  await new Promise<void>((resolve) => {
    const keepAlive = setInterval(() => undefined, 60_000)
    const stop = () => {
      clearInterval(keepAlive)
      resolve()
    }
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
  })
  return isEqual
}
