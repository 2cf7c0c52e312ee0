import type { ServerResponse } from 'node:http'

/** The answers that are being made, to let them finish before the server stops. Streams never finish by themselves. */
export interface InFlight {
  add(response: ServerResponse): void
  /** Resolves when none is left, or after the time. */
  settle(timeoutMs: number): Promise<void>
}

export function createInFlight(): InFlight {
  const responses = new Set<ServerResponse>()
  let onEmpty: (() => void) | undefined
  return {
    add(response) {
      responses.add(response)
      response.once('close', () => {
        responses.delete(response)
        if (responses.size === 0) onEmpty?.()
      })
    },
    settle(timeoutMs) {
      if (responses.size === 0) return Promise.resolve()
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, timeoutMs)
        onEmpty = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    },
  }
}
