import AloneList from './AloneList.vue'
import PlacesById from './PlacesById.vue'
import { createVariant } from './variant.ts'

export const variant = createVariant(AloneList, PlacesById)
