import { expect, test } from 'vitest'
import { runConcurrently } from '../../../engine/structure/run-concurrently.ts'

interface Task {
  readonly name: string
  readonly locks: { exclusive: number[]; shared: number[]; pages: number }
}

const task = (name: string, exclusive: number[], shared: number[] = []): Task => ({
  name,
  locks: { exclusive, shared, pages: 0 },
})

/** Runners that note which tasks ran beside which. */
function observe(count: number) {
  const running = new Set<string>()
  const beside: string[] = []
  const done: string[] = []
  const run = async ({ name }: Task) => {
    for (const other of running) beside.push([other, name].sort().join('+'))
    running.add(name)
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
    running.delete(name)
    done.push(name)
  }
  return { beside, done, runners: Array.from({ length: count }, () => run) }
}

test('tasks run at once unless one needs for itself what the other uses', async () => {
  const { beside, done, runners } = observe(2)
  await runConcurrently(
    [task('a', [], [1]), task('b', [], [1]), task('c', [1]), task('d', [2], [1]), task('e', [3])],
    runners,
  )
  expect(done.sort()).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(beside).toContain('a+b')
  expect(beside).not.toContain('a+c')
  expect(beside).not.toContain('c+d')
})

test('one runner keeps the order', async () => {
  const { done, runners } = observe(1)
  await runConcurrently([task('a', [1]), task('b', [1]), task('c', [])], runners)
  expect(done).toEqual(['a', 'b', 'c'])
})

test('after a failure no task begins, and those under way end first', async () => {
  const { done, runners } = observe(1)
  const fail = async ({ name }: Task) => {
    await Promise.resolve()
    throw new Error(`failed at ${name}`)
  }
  const all = runConcurrently([task('a', [1]), task('b', [2]), task('c', [3])], [fail, ...runners])
  await expect(all).rejects.toThrow('failed at a')
  expect(done).toEqual(['b'])
})
