"""GPUs by the names under which an Anyscale job asks for them, and the node labels that find them.

Source: accelerator names and the `nvidia.com/gpu.product` values of the Azure map in chart anyscale-operator 1.8.0
(read 2026-08). The chart's map knows T4, A10, A100 and H100 only; the other selectors are ours and go into its values.
"""

from __future__ import annotations

from dataclasses import dataclass

PRODUCT_LABEL = "nvidia.com/gpu.product"
MEMORY_LABEL = "nvidia.com/gpu.memory"
COUNT_LABEL = "nvidia.com/gpu.count"


@dataclass(frozen=True, kw_only=True)
class Gpu:
    """A GPU type.

    Attributes:
        name: Anyscale's accelerator name, e.g. `A100-80G`.
        product: value of the product label.
        memory_mib: value of the memory label in MiB, where the product alone does not tell two types apart; else None.
    """

    name: str
    product: str
    memory_mib: int | None = None

    @property
    def selectors(self) -> dict[str, str]:
        """Node labels that select exactly this GPU."""
        memory = {} if self.memory_mib is None else {MEMORY_LABEL: str(self.memory_mib)}
        return {PRODUCT_LABEL: self.product, **memory}


GPUS: dict[str, Gpu] = {
    gpu.name: gpu
    for gpu in (
        Gpu(name="T4", product="NVIDIA-T4"),
        Gpu(name="A10", product="NVIDIA-A10"),
        Gpu(name="A100-40G", product="NVIDIA-A100", memory_mib=40 * 1024),
        Gpu(name="A100-80G", product="NVIDIA-A100", memory_mib=80 * 1024),
        Gpu(name="H100", product="NVIDIA-H100"),
        Gpu(name="H200", product="NVIDIA-H200"),
    )
}
