import type { Method } from './method.ts'

/** Socket Mode: where the next connection goes. */
export const appMethods: Readonly<Record<string, Method>> = {
  'apps.connections.open': {
    token: 'app',
    run: ({ world, baseUrl }) => ({
      ok: true,
      url: `${baseUrl.replace('http', 'ws')}${world.tickets.issue()}`,
    }),
  },
}
