import type { Random } from '../../support/random.ts'

/** That many bytes of chance, in hexadecimal. */
export function randomHex(random: Random, bytes: number): string {
  const digits = Array.from({ length: bytes }, () => random.between(0, 255).toString(16).padStart(2, '0'))
  return digits.join('')
}
