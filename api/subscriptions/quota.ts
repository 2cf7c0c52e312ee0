import { GodwitError } from '../../engine/index.ts'

/** Counts what is open for each key. */
export interface Quota {
  /** Returns what gives the place back, once. @throws GodwitError TOO_MANY_SUBSCRIPTIONS */
  take(key: string): () => void
}

export function createQuota(max: number): Quota {
  const open = new Map<string, number>()
  return {
    take(key) {
      const count = open.get(key) ?? 0
      if (count >= max) {
        throw new GodwitError('TOO_MANY_SUBSCRIPTIONS', `This token has ${count} subscriptions open already.`)
      }
      open.set(key, count + 1)
      let isOpen = true
      return () => {
        if (!isOpen) return
        isOpen = false
        const left = (open.get(key) ?? 1) - 1
        if (left === 0) open.delete(key)
        else open.set(key, left)
      }
    },
  }
}
