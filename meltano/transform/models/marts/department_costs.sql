-- One row per department: head count, pay and budget.
select
    d.department_id,
    d.name as department,
    l.city,
    count(e.employee_id) as employees,
    nvl(sum(e.total_pay), 0) as total_pay,
    d.budget,
    d.budget - nvl(sum(e.total_pay), 0) as budget_left,
    max(p.band) keep (dense_rank last order by p.min_salary nulls first) as highest_band
from {{ source('hr', 'departments') }} d
join {{ source('hr', 'locations') }} l on l.location_id = d.location_id
left join {{ ref('stg_employees') }} e on e.department_id = d.department_id
left join {{ ref('pay_bands') }} p on e.salary between p.min_salary and p.max_salary
group by d.department_id, d.name, l.city, d.budget
