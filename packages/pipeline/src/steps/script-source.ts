/** Where a script stands: in the YAML (`Inline`), or in the file store (`Harness`). Which of the two is needed: check-step-specs.ts. */
import { Type, type TObject, type TOptional, type TString } from 'typebox';

export const SourceSpec: TObject<{ script: TOptional<TString>; file: TOptional<TString> }> = Type.Object({
  script: Type.Optional(Type.String({ description: 'Of the type Inline.' })),
  file: Type.Optional(
    Type.String({
      description: 'Of the type Harness: a path of the file store, as in /scripts/deploy.sh or account:/x.sh.',
    }),
  ),
});
