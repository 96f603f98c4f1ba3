/** What the features share. Built once, by activate(). */
import type { Dashboards } from './dashboard/dashboards';
import type { DataPanels } from './data/dataPanels';
import type { DashboardServices } from './dashboard/services';

export interface Services extends DashboardServices {
  /** The dashboards; their code is loaded when the first is asked for. */
  dashboards(): Promise<Dashboards>;
  /** The pages that show data, likewise. */
  dataPanels(): Promise<DataPanels>;
}
