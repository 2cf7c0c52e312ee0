import type { RequestListener } from 'node:http'
import type { Mount } from './handler.ts'

/** A mount whose listener comes after the server has started, because it needs the server. */
export interface LateMount {
  readonly mount: Mount
  readonly serve: (listener: RequestListener) => void
}

export function createMount(prefix: string): LateMount {
  let serving: RequestListener = (_request, response) => {
    response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8' })
    response.end('Nothing answers here yet.\n')
  }
  return {
    mount: { prefix, listener: (request, response) => serving(request, response) },
    serve: (listener) => {
      serving = listener
    },
  }
}
