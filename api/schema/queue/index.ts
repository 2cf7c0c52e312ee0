import './type.ts'
import './query.ts'
import './mutations.ts'
