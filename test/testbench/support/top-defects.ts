/** A defect of a top module: the file, what stands there, and what stands there instead. */
export type TopDefect = readonly [title: string, file: string, from: string | RegExp, to: string];

/** Defects in all parts of a top module; file names are those of an array `os`. */
export const TOP_DEFECTS: readonly TopDefect[] = [
  ['an element is fed a cycle late', 'os_top.v', /starts\[0\]/, 'starts[1]'],
  ['results come from another tile', 'espalier_packer.v', 'read_slot_o  = slot_q', 'read_slot_o  = ~slot_q'],
  ['a fault acts a cycle late', 'espalier_fault_slot.v', 'cycle_i >= first_q', 'cycle_i > first_q'],
  ['results wait for ever', 'espalier_packer.v', 'wire room    = !closing_q', "wire room    = 1'b0"],
  ['tlast is missing', 'espalier_packer.v', 'last_q <= is_last', "last_q <= 1'b0"],
  ['tiles are not forgotten by a soft reset', 'os_top.v', 'rst || soft_reset', 'rst'],
  ['a packet that is cut short stays open', 'espalier_packer.v', 'clear_i ? open_d :', ''],
  ['packets have another header', 'os_top.v', "8'he5", "8'he4"],
  ['registers tell of another design', 'os_top.v', /\.N1\(\d+\)/, '.N1(77)'],
  ['tiles start too early by default', 'os_top.v', /\.INTERVAL\((\d+)\)/, '.INTERVAL(1)'],
  ['a tile without C keeps the C before', 'os_top.v', /starts_with_c\[/g, 'starts['],
  ['accesses are answered with an error', 'espalier_axil.v', /s_axil_rresp *<?= .*;/, "s_axil_rresp = 2'b10;"],
  [
    'refused writes are answered as if they were done',
    'espalier_axil.v',
    /s_axil_bresp *=.*;/,
    "s_axil_bresp = 2'b00;",
  ],
  ['refused reads are answered as if they were done', 'espalier_axil.v', /s_axil_rresp *=.*;/, "s_axil_rresp = 2'b00;"],
  ['tiles come in without room', 'espalier_loader.v', /assign ready *=.*;/, "assign ready = 1'b1;"],
  ['tiles start without room for results', 'espalier_sequencer.v', /wire has_room *=.*;/, "wire has_room = 1'b1;"],
  ['tiles start at ENABLE 0', 'espalier_registers.v', 'enable_q <= write_data_i[BIT_ENABLE]', "enable_q <= 1'b1"],
  ['any header will do', 'espalier_loader.v', /wire foreign *=.*;/, "wire foreign = 1'b0;"],
  ['null bytes count as data', 'espalier_loader.v', /wire is_null *=.*;/, "wire is_null = 1'b0;"],
  ['packets may end early', 'espalier_loader.v', /wire early *=.*;/, "wire early = 1'b0;"],
  ['packets may go on', 'espalier_loader.v', /wire late *=.*;/, "wire late = 1'b0;"],
  ['old results are counted after a soft reset', 'espalier_packer.v', " && stale_q == 2'd0", ''],
  ['a closing beat counts as a result', 'espalier_packer.v', ' && m_axis_tkeep[0]', ''],
  ['a packet that was given up stays open', 'espalier_loader.v', ' && !forget_i', ''],
  ['counters are not cleared', 'espalier_registers.v', '= clear_q;', "= 1'b0;"],
];
