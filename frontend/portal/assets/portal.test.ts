import { describe, expect, it } from 'vitest'
import { remaining } from './portal.ts'

describe('the countdown of a held time', () => {
  it('counts minutes upwards so that it never promises too little', () => expect(remaining(61_000, 'ancora {n} min', 'ancora {n} s')).toBe('ancora 2 min'))
  it('counts seconds in the last minute', () => expect(remaining(42_000, 'ancora {n} min', 'ancora {n} s')).toBe('ancora 42 s'))
  it('never goes below nothing', () => expect(remaining(-5000, 'ancora {n} min', 'ancora {n} s')).toBe('ancora 0 s'))
})
