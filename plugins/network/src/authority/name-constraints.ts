/** The critical X.509 extension that binds an authority to private names and addresses (RFC 5280, 4.2.1.10). */
import { x509 } from './x509.ts';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from '@peculiar/asn1-x509';
import { privateRanges, privateSuffixes } from './names.ts';

export function nameConstraints(): x509.Extension {
  const permitted = [
    ...privateSuffixes.map((suffix) => new GeneralName({ dNSName: suffix })),
    ...privateRanges.map((range) => new GeneralName({ iPAddress: range })),
  ];
  const value = new NameConstraints({
    permittedSubtrees: new GeneralSubtrees(permitted.map((base) => new GeneralSubtree({ base }))),
  });
  return new x509.Extension(id_ce_nameConstraints, true, AsnConvert.serialize(value));
}
