import { expect, test } from 'vitest'
import { startDemo } from './demo-process.ts'

const timeoutMs = 10 * 60_000

/** Runs the demo, and waits for its end. */
async function runDemo(
  ...flags: string[]
): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  await using demo = startDemo(...flags)
  // SIGTERM lets it remove what it has made.
  const timer = setTimeout(() => void demo.ended('SIGTERM'), timeoutMs)
  const exitCode = await demo.ended()
  clearTimeout(timer)
  return { exitCode, output: demo.output() }
}

test('the demo moves a shop under load without a difference, though Godwit is killed on the way', async () => {
  const { exitCode, output } = await runDemo('--size', '20', '--rate', '100', '--kill', 'copy,incremental')
  expect({ exitCode, output }).toEqual({
    exitCode: 0,
    output: expect.stringMatching(
      /^ *Its own count +[1-9][\d,]* commits acknowledged, [^]*^ *Killed \(SIGKILL\) +during the full copy and during incremental sync$[^]*^ *Differences +0$/m,
    ),
  })
})

test('with two workers, the one that is killed is replaced by the other', async () => {
  const { exitCode, output } = await runDemo(
    '--size',
    '20',
    '--rate',
    '100',
    '--workers',
    '2',
    '--kill',
    'copy,incremental',
  )
  expect({ exitCode, output }).toEqual({
    exitCode: 0,
    output: expect.stringMatching(
      /^ *Taken over +from \S+ by (\S+)\n *Taken over +from \1 by \S+$[^]*^ *Differences +0$/m,
    ),
  })
})

test('the demo refuses a flag that it does not know, with exit code 2', async () => {
  const { exitCode, output } = await runDemo('--sise', '20')
  expect(output).toContain('--sise')
  expect(exitCode).toBe(2)
})
