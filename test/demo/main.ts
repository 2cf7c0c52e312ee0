/** `npm run demo`: a real migration under load, from nothing to the comparison of every row. */
import { type Display, openDisplay } from './display/index.ts'
import { runDemo } from './demo.ts'
import { readLogTail, type GodwitProcess } from './godwit-process.ts'
import { help, parseOptions, UsageError } from './options.ts'
import { runSlackDemo } from './slack/index.ts'

const exitCodes = { equal: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** The first Ctrl-C cleans up; a second one ends at once. The servers end with this process in any case. */
function stopOnSignals(): AbortSignal {
  const controller = new AbortController()
  const stop = () => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted)
    controller.abort(new Error('interrupted'))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return controller.signal
}

async function printFailure(display: Display, error: unknown, godwit?: GodwitProcess): Promise<void> {
  const message = error instanceof Error ? error.message : String(error)
  display.print([['red', `The demo has failed. ${message}`]])
  if (error instanceof Error && 'remedy' in error && error.remedy !== '')
    display.print([`  ${String(error.remedy)}`])
  if (!godwit) return
  display.print([['dim', `The end of ${godwit.logFile} (--keep leaves it there):`]])
  for (const line of (await readLogTail(godwit.logFile)).split('\n')) display.print([['dim', line]])
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2))
  if (options === null) {
    process.stdout.write(help)
    return exitCodes.equal
  }
  const signal = stopOnSignals()
  using display = openDisplay(process.stdout)
  try {
    const run = options.slack ? runSlackDemo : runDemo
    const isEqual = await run(
      options,
      display,
      (error, godwit) => printFailure(display, error, godwit),
      signal,
    )
    return isEqual ? exitCodes.equal : exitCodes.failed
  } catch (error) {
    // In Slack, Ctrl-C is the way to end it.
    if (signal.aborted) return options.slack ? exitCodes.equal : exitCodes.interrupted
    await printFailure(display, error)
    return exitCodes.failed
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\nTry: npm run demo -- --help\n`)
  process.exitCode = exitCodes.usage
}
