import './date-time.ts'
import './numbers.ts'
import './opaque.ts'
