import { readServerFacts } from '../catalog/index.ts'
import {
  connect,
  testConnection,
  toSessionError,
  type ConnectionSettings,
  type ConnectionTest,
  type Session,
} from '../endpoint/index.ts'
import { isGodwitError } from '../errors.ts'
import type { Kind } from '../lifecycle/index.ts'
import { checkRenames, resolveSelection, type SelectedObjects, type Selection } from '../selection/index.ts'
import { failed, passed, type Check, type Finding, type Server } from './check.ts'
import { selectionChecks, serversChecks, sourceChecks, targetChecks, transferChecks } from './checks/index.ts'
import { count } from './listing.ts'
import { isRenamed } from './target-names.ts'
import { isReachable, judgeReachability, tellLeftOut } from './reachability.ts'
import type { CheckOutcome, CheckResult, VerifyReport } from './types.ts'

export interface VerifyRequest {
  readonly source: ConnectionSettings
  readonly target: ConnectionSettings
  readonly selection: Selection
  readonly kind: Kind
  readonly migrationId: string
}

/** A lock that is not given in this time is reported, and verify tried again by itself. */
const verifySettings = { lock_timeout: '10s' }

/**
 * Looks at everything that would stop or harm a migration, without changing anything on either server. What cannot be
 * looked at, because a server is out of reach or the selection names what is not there, is named in that failure.
 * @throws GodwitError CONNECTION_LOST and others that may go away by themselves; the signal's reason when aborted
 */
export async function runVerify(request: VerifyRequest, signal: AbortSignal): Promise<VerifyReport> {
  const startedAt = new Date()
  try {
    const checks = await runChecks(request, signal)
    return { outcome: worstOf(checks), checks, startedAt, finishedAt: new Date() }
  } catch (error) {
    signal.throwIfAborted()
    throw toSessionError(error, 'Verifying the migration')
  }
}

async function runChecks(request: VerifyRequest, signal: AbortSignal): Promise<CheckResult[]> {
  const { kind, selection } = request
  const [sourceTest, targetTest] = await Promise.all([
    testConnection(request.source, signal),
    testConnection(request.target, signal),
  ])
  await using sessions = new AsyncDisposableStack()
  const open = async (settings: ConnectionSettings, test: ConnectionTest): Promise<Server | null> => {
    if (!isReachable(test)) return null
    const session = sessions.use(
      await connect(settings, { purpose: `verify ${request.migrationId}`, settings: verifySettings }, signal),
    )
    return { settings, session, facts: await readServerFacts(session), test }
  }
  const source = await open(request.source, sourceTest)
  const target = await open(request.target, targetTest)
  const titles = titlesFor(kind, selection)
  const leftOutWithSource = [...titles.source, ...titles.servers, selectionTitle, ...titles.selection]
  const resolved = source === null ? null : await checkSelection(source.session, selection, titles.selection)
  const selected = resolved?.selected ?? null

  const run = async <Context>(checks: readonly Check<Context>[], context: Context | null) =>
    context === null
      ? []
      : await runGroup(
          checks.filter((check) => check.concerns(kind, selection)),
          context,
          signal,
        )
  return [
    toResult(reachable('source'), judgeReachability(sourceTest, leftOutWithSource)),
    toResult(reachable('target'), judgeReachability(targetTest, [...titles.target, ...titles.servers])),
    ...(await run(serversChecks, source && target && { source, target, kind })),
    ...(await run(sourceChecks, source && { source, kind })),
    ...(resolved === null ? [] : [resolved.result]),
    ...(await run(selectionChecks, source && selected && { source, selected, kind })),
    ...(await run(targetChecks, target && { target, kind })),
    ...(await run(transferChecks, source && target && selected && { source, target, selected, kind })),
  ]
}

type Titled = Pick<Check<never>, 'name' | 'title'>

const selectionTitle = 'Selected objects'

function reachable(side: 'source' | 'target'): Titled {
  return { name: `${side}-reachable`, title: `Reaching the ${side}` }
}

/** What goes unseen without the source, the target, or a selection. */
function titlesFor(kind: Kind, selection: Selection) {
  const titlesOf = <Context>(checks: readonly Check<Context>[]) =>
    checks.filter((check) => check.concerns(kind, selection)).map(({ title }) => title)
  const transfer = titlesOf(transferChecks)
  return {
    source: titlesOf(sourceChecks),
    servers: titlesOf(serversChecks),
    selection: [...titlesOf(selectionChecks), ...transfer],
    target: [...titlesOf(targetChecks), ...transfer],
  }
}

async function checkSelection(
  source: Session,
  selection: Selection,
  dependentTitles: readonly string[],
): Promise<{ readonly result: CheckResult; readonly selected: SelectedObjects | null }> {
  const check = { name: 'selection', title: selectionTitle }
  try {
    const selected = await resolveSelection(source, selection)
    await checkRenames(source, selected)
    return { result: toResult(check, passed(describeSelected(selected))), selected }
  } catch (error) {
    if (!isGodwitError(error, 'BAD_INPUT')) throw error
    const detail = `${error.message} ${tellLeftOut(dependentTitles)}`
    return { result: toResult(check, failed(detail, { remedy: error.remedy })), selected: null }
  }
}

function describeSelected({ tables, sequences, schemas }: SelectedObjects): string {
  const found = `${count(tables.length, 'table')}, ${count(sequences.length, 'sequence')}`
  const renamed = [...tables, ...sequences].filter((relation) => isRenamed(relation)).length
  const names = renamed === 0 ? '' : ` On the target, ${renamed} of them will have another name.`
  return `${found} in ${count(schemas.length, 'schema')}.${names}`
}

async function runGroup<Context>(
  checks: readonly Check<Context>[],
  context: Context,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  for (const check of checks) results.push(toResult(check, await runCheck(check, context, signal)))
  return results
}

/** A check that the server refuses is a failed one; what may go away by itself ends the whole. */
async function runCheck<Context>(
  check: Check<Context>,
  context: Context,
  signal: AbortSignal,
): Promise<Finding> {
  try {
    return await check.run(context)
  } catch (error) {
    signal.throwIfAborted()
    const failure = toSessionError(error, check.title)
    if (failure.retryable || failure.code === 'INTERNAL') throw failure
    return failed(`Could not be looked at. ${failure.message}`, { remedy: failure.remedy })
  }
}

function toResult({ name, title }: Titled, finding: Finding): CheckResult {
  return { check: name, title, ...finding }
}

function worstOf(checks: readonly CheckResult[]): CheckOutcome {
  const outcomes = new Set(checks.map(({ outcome }) => outcome))
  if (outcomes.has('failed')) return 'failed'
  return outcomes.has('warning') ? 'warning' : 'passed'
}
