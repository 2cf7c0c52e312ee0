/** The demo, run as `npm run demo` runs it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const projectRoot = fileURLToPath(new URL('../..', import.meta.url))

export interface DemoProcess extends AsyncDisposable {
  /** Everything that it has printed so far. */
  output(): string
  /** Waits until what it has printed matches. @throws Error with the output, when it ends before or takes too long */
  until(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray>
  /** Its exit code, when it has ended by itself or by the signal. */
  ended(signal?: NodeJS.Signals): Promise<number | null>
}

/** Disposing of it ends it in the way of Ctrl-C, which lets it remove what it has made. */
export function startDemo(...flags: string[]): DemoProcess {
  const child = spawn(
    process.execPath,
    ['--import', './api/require-node.mjs', 'test/demo/main.ts', ...flags],
    {
      cwd: projectRoot,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const closed = once(child, 'close')
  const printed = collect(child)
  const ended = async (signal?: NodeJS.Signals) => {
    if (signal !== undefined) child.kill(signal)
    await closed
    return child.exitCode
  }
  return {
    output: () => printed.text,
    until: (pattern, timeoutMs) => untilPrinted(printed, closed, pattern, timeoutMs),
    ended,
    [Symbol.asyncDispose]: async () => void (await ended('SIGTERM')),
  }
}

interface Printed {
  text: string
  readonly listeners: Set<() => void>
}

function collect({ stdout, stderr }: ChildProcess): Printed {
  const printed: Printed = { text: '', listeners: new Set() }
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed.text += text
      for (const listener of printed.listeners) listener()
    })
  }
  return printed
}

async function untilPrinted(
  printed: Printed,
  closed: Promise<unknown>,
  pattern: RegExp,
  timeoutMs: number,
): Promise<RegExpExecArray> {
  const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>()
  const fail = (why: string) => reject(new Error(`the demo ${why} ${String(pattern)}:\n${printed.text}`))
  const look = () => {
    const match = pattern.exec(printed.text)
    if (match !== null) resolve(match)
  }
  const timer = setTimeout(() => fail(`has not printed within ${timeoutMs} ms`), timeoutMs)
  printed.listeners.add(look)
  void closed.then(() => fail('has ended before it printed'))
  look()
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    printed.listeners.delete(look)
  }
}
