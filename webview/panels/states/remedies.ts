/** The commands that help against each problem, and whether the log says more than the problem's sentence. Pure. */
import type { PanelAction } from '../../../src/analysis/panel';
import type { Problem } from '../../../src/protocol/problem';
import type { PanelHelp } from '../../../src/protocol/problemKinds';
import { t } from '../../base/strings';
import { chosen, type ViewContext, type ViewRemedy } from '../../base/view';

export interface Remedy {
  label: string;
  /** A command of the host, or a tab of the panel to open. */
  action: PanelAction | 'layerProbe';
}

type Known = Pick<Problem, 'panel'>;

export const isOrdinary = ({ panel }: Known): boolean => panel?.ordinary === true;

export const isSettled = ({ panel }: Known): boolean => panel?.settled === true;

/** The likeliest to help comes first. */
export function remedies(problem: Known): Remedy[] {
  const again: Remedy = { label: t('Run Again'), action: 'run' };
  const restart: Remedy = { label: t('Restart the Engine'), action: 'restartEngine' };
  const choose: Remedy = { label: t('Choose a Model'), action: 'chooseModel' };
  const settings: Remedy = { label: t('Open Settings'), action: 'openSettings' };
  const select: Remedy = { label: t('Explain Selection'), action: 'explainSelection' };
  const train: Remedy = { label: t('Train a Probe'), action: 'trainProbe' };
  switch (helpOf(problem)) {
    case 'none':
      return [];
    case 'again':
      return [again];
    case 'engine':
      return [again, restart];
    case 'restart':
      return [restart];
    case 'shorten':
      return [select, again];
    case 'model':
      return [choose, settings];
    case 'settings':
      return [settings, again];
    case 'example':
      return [{ label: t('Open an Example'), action: 'openExample' }];
    case 'asText':
      return [{ label: t('Show as Plain Text'), action: 'showAsText' }, select];
    case 'table':
      return [
        { label: t('Show Embeddings'), action: 'showEmbeddings' },
        { label: t('Layer probe'), action: 'layerProbe' },
        train,
        select,
      ];
    case 'probe':
      return [{ label: t('Choose a Probe'), action: 'chooseProbe' }, train, choose];
    case 'target':
      return [{ label: t('Choose a target'), action: 'askTarget' }];
  }
}

/** The same as buttons of the panel. */
export function offered(problem: Known, context: Pick<ViewContext, 'action' | 'setIntent' | 'state'>): ViewRemedy[] {
  const openProbe = () => context.setIntent({ tab: 'lie', ...chosen(context, 'lie', { section: 'probe' }) });
  return remedies(problem).map(({ label, action }) => ({
    label,
    onChoose: action === 'layerProbe' ? openProbe : () => context.action(action),
  }));
}

function helpOf({ panel: { help, settled } = {} }: Known): PanelHelp {
  return help ?? (settled ? 'none' : 'engine');
}
