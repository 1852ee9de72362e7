import type { Design } from '../design/design.ts';
import { hasRolledForm } from '../emit/forms.ts';
import type { Architecture } from './machine-design.ts';

/** Up to so many PEs the RTL is simulated as it is synthesised; beyond, as the rolled model. */
const STRUCTURAL_PES = 16;

/** How the grid is simulated unless one says otherwise. */
export function defaultArchitecture(design: Design): Architecture {
  return design.pes.length <= STRUCTURAL_PES || !hasRolledForm(design) ? 'structural' : 'rolled';
}
