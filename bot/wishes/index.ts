/** Starts that people have asked for before verify has passed. */
export { WishBook } from './wish.ts'
