import { expect, test } from 'vitest'
import { createDatabase } from '../../support/servers.ts'
import { richSchema } from './rich-schema.ts'
import { describeStructure, restoreAll, restorePhase, takeOverTarget } from './support.ts'

test.each([1, 20, 70, 110])(
  'a restore that is broken off after %i objects goes on from there',
  async (count) => {
    await using source = await createDatabase('source')
    await using target = await createDatabase('source')
    await source.query(richSchema)
    const guard = await takeOverTarget(target)
    const crash = new AbortController()
    let made = 0
    const first = restoreAll({
      source,
      target,
      guard,
      onObject: () => {
        made += 1
        if (made === count) crash.abort(new Error('crash'))
      },
      signal: crash.signal,
    })
    await expect(first).rejects.toThrow('crash')

    let madeAgain = 0
    const next = await takeOverTarget(target, { former: guard })
    await restoreAll({ source, target, guard: next, onObject: () => (madeAgain += 1) })
    const structure = await describeStructure(source)
    expect(await describeStructure(target)).toEqual(structure)
    // Two sessions can have made an object each before either reported it.
    expect(made + madeAgain).toBeGreaterThanOrEqual(structure.length - 2)
    expect(made + madeAgain).toBeLessThanOrEqual(structure.length)
  },
)

test('a repetition makes nothing anew', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query(richSchema)
  const scene = { source, target, guard: await takeOverTarget(target) }
  await restoreAll(scene)
  const results = [await restorePhase('before data', scene), await restorePhase('after data', scene)]
  expect(results).toEqual([
    { restored: 0, warnings: [] },
    { restored: 0, warnings: [] },
  ])
})

test('a former owner makes nothing any more', async () => {
  await using source = await createDatabase('source')
  await using target = await createDatabase('target')
  await source.query('create table t (id int)')
  const guard = await takeOverTarget(target)
  await takeOverTarget(target, { former: guard })
  await expect(restorePhase('before data', { source, target, guard })).rejects.toMatchObject({
    code: 'LEASE_LOST',
  })
  const { rowCount } = await target.query(`select where to_regclass('public.t') is not null`)
  expect(rowCount).toBe(0)
})
