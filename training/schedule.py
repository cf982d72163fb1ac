"""The noise schedule: v-prediction with a zero terminal signal-to-noise ratio.

Lin et al., "Common diffusion noise schedules and sample steps are flawed" (2024).
"""

from diffusers import DDIMScheduler


def new_scheduler() -> DDIMScheduler:
    return DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=True,
        steps_offset=1,
    )
